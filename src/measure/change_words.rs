//! A change in words: by the names people know rather than by the numbers of files, a position by the block it is at.

use super::Change;
use crate::atlas::Atlas;
use crate::model::{LonLat, kind_by_code};

impl Change {
    /// What is changed, in Japanese.
    pub fn words(&self, atlas: &Atlas) -> String {
        let kind = |code: &str| kind_by_code(code).map_or_else(|| code.to_owned(), |k| k.kind().ja.clone());
        let at = |p: &[f64; 2]| place(atlas, *p);
        let service = |id: i64| {
            let known = atlas.sites.services().find(|s| s.id == id);
            known.map_or_else(|| format!("サービス {id}"), |s| format!("「{}」（{}）", s.name, s.kind.kind().short))
        };
        match self {
            Self::AddService { kind: k, at: p, name, schedule, .. } => {
                let name = name.as_ref().map_or(String::new(), |n| format!("「{n}」"));
                let when = schedule.as_ref().map_or(String::new(), |s| format!("（{s}）"));
                format!("{}{name}{when}を新しく開く（{}）", kind(k), at(p))
            }
            Self::MoveService { service: id, at: p } => format!("{}を移す（{}）", service(*id), at(p)),
            Self::CloseService { service: id } => format!("{}を閉じる", service(*id)),
            Self::SetSchedule { service: id, schedule } => format!("{}の日を「{schedule}」にする", service(*id)),
            Self::CloseStop { stop: s } => format!("停留所「{}」をやめる", stop(atlas, None, s)),
            Self::MoveStop { stop: s, at: p } => format!("停留所「{}」を移す（{}）", stop(atlas, None, s), at(p)),
            Self::AddStop { line: l, operator, after, at: p, .. } => {
                let (line, after) = (line(atlas, operator.as_deref(), l), stop(atlas, operator.as_deref(), after));
                format!("路線「{line}」の「{after}」の次に停留所を足す（{}）", at(p))
            }
            Self::AddLine { name, stops, first, last, every_minutes, .. } => {
                format!("路線「{name}」を足す（停留所{}か所、{first}から{last}まで{every_minutes}分おき）", stops.len())
            }
            Self::CloseLine { line: l, operator } => format!("路線「{}」をやめる", line(atlas, operator.as_deref(), l)),
            Self::AddZone { name, days, from, until, .. } => {
                format!("デマンドタクシーの区域「{name}」を設ける（{days}、{from}から{until}まで）")
            }
            Self::CloseZone { zone } => format!("デマンドタクシー「{zone}」をやめる"),
            Self::SetZoneDays { zone, days } => format!("デマンドタクシー「{zone}」を{days}に走らせる"),
        }
    }
}

fn place(atlas: &Atlas, [lon, lat]: [f64; 2]) -> String {
    let near = atlas.gazetteer.as_ref().and_then(|g| g.near(LonLat::new(lon, lat)));
    near.unwrap_or_else(|| format!("経度{lon:.5}・緯度{lat:.5}"))
}

/// The name of a line, with its operator if one is named.
fn line(atlas: &Atlas, operator: Option<&str>, asked: &str) -> String {
    let feeds = atlas.transit.iter().flat_map(|t| t.each_feed()).filter(|f| operator.is_none_or(|o| f.agency == o));
    let known = feeds.flat_map(|f| &f.routes).find(|r| (r.id == asked || r.name == asked) && !r.name.is_empty());
    let name = known.map_or(asked, |r| &r.name);
    operator.map_or_else(|| name.to_owned(), |o| format!("{o} {name}"))
}

fn stop(atlas: &Atlas, operator: Option<&str>, asked: &str) -> String {
    let feeds = atlas.transit.iter().flat_map(|t| t.each_feed()).filter(|f| operator.is_none_or(|o| f.agency == o));
    let known = feeds.flat_map(|f| &f.stops).find(|s| s.id == asked || s.name == asked);
    known.map_or_else(|| asked.to_owned(), |s| s.name.clone())
}
