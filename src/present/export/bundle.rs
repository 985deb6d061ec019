//! What a city puts on its own web server: pages and data of the public side in one folder, and beside it a report of what was
//! withheld and why, which stays in the office.

use super::{ExportError, Form, services, zipped};
use crate::atlas::Atlas;
use crate::model::{AreaType, Field, Filed, Place, PublicService, Service, Status, Visibility};
use crate::present::list::{self, Listed};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// What is not published, and why, in numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Withheld {
    /// Services only staff may see.
    pub staff: usize,
    /// Services only the inner circle may see.
    pub internal: usize,
    /// Services that have ended.
    pub ended: usize,
    /// Services in homes: published by area.
    pub homes: usize,
    /// Fields kept back of published services, by field.
    pub fields: BTreeMap<String, usize>,
    /// Services with a liaison sheet, which is never published.
    pub liaison: usize,
    /// Services with columns of their list no field is for, which are never published.
    pub columns: usize,
    /// Published without a position.
    pub unlocated: usize,
}

/// Counts what is not published of the records.
pub fn withheld(records: &[Filed]) -> Withheld {
    let mut w = Withheld::default();
    for (place, s) in records.iter().flat_map(|f| f.place.services.iter().map(move |s| (&f.place, s))) {
        count(&mut w, place, s);
    }
    w
}

fn count(w: &mut Withheld, place: &Place, s: &Service) {
    match s.visibility {
        Visibility::Staff => return w.staff += 1,
        Visibility::Internal => return w.internal += 1,
        Visibility::Public if s.status == Status::Ended => return w.ended += 1,
        Visibility::Public => {}
    }
    w.homes += usize::from(place.home);
    w.liaison += usize::from(!s.staff.is_empty());
    w.columns += usize::from(s.internal.is_some());
    w.unlocated += usize::from(place.certain_point().is_none());
    for field in &s.hidden {
        *w.fields.entry(name(*field).to_owned()).or_default() += 1;
    }
}

fn name(field: Field) -> &'static str {
    match field {
        Field::ScheduleText => "開催日",
        Field::Fee => "参加費",
        Field::Pickup => "送迎",
        Field::Booking => "予約",
        Field::Phone => "電話番号",
        Field::Url => "ホームページ",
        Field::Capacity => "定員",
        Field::Serves => "対象町内",
    }
}

/// The zip: `public/` for the web server, `report.txt` for the office.
///
/// # Errors
/// If there is nothing to publish.
pub fn bundle(atlas: &Atlas, withheld: &Withheld, area_type: AreaType, day: &str) -> Result<Vec<u8>, ExportError> {
    let every: Vec<_> = (0..crate::model::kinds().len()).map(|i| crate::model::KindId(i as u8)).collect();
    let listed = list::services(atlas, &every, area_type);
    if listed.is_empty() {
        return Err(ExportError::Empty);
    }
    let file = |form| services(atlas, &every, area_type, form, day);
    zipped(&[
        ("public/index.html".into(), page(&listed, atlas, day).into_bytes()),
        ("public/kayoi.css".into(), STYLE.into()),
        ("public/services.geojson".into(), file(Form::GeoJson)?),
        ("public/services.csv".into(), file(Form::Csv)?),
        ("public/services.xlsx".into(), file(Form::Xlsx)?),
        ("report.txt".into(), report(withheld, listed.len(), atlas.revision, day).into_bytes()),
    ])
}

fn report(w: &Withheld, published: usize, revision: i64, day: &str) -> String {
    let mut text = format!(
        "公開用の一式の報告（{day}、改訂{revision}）\nこのファイルは所内用です。公開するのは public フォルダーの中だけです。\n\n"
    );
    let mut line = |what: &str, n: usize| {
        let _ = writeln!(text, "{what}: {n}件");
    };
    line("公開したサービス", published);
    line("　うち位置未確定（地図に出ない）", w.unlocated);
    line("　うち個人宅（おおよその区画と町名だけを公開）", w.homes);
    line("公開しなかったサービス（関係者だけ）", w.staff);
    line("公開しなかったサービス（内部だけ）", w.internal);
    line("公開しなかったサービス（終了）", w.ended);
    line("連携シートのあるサービス（シートは公開しない）", w.liaison);
    line("一覧表のその他の列があるサービス（列は公開しない）", w.columns);
    for (field, n) in &w.fields {
        line(&format!("公開しなかった項目「{field}」"), *n);
    }
    text
}

const STYLE: &str = "body{font:18px/1.6 'BIZ UDPGothic','Noto Sans JP',sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#22201c}\
h2{border-bottom:2px solid #0b4f6c}table{border-collapse:collapse;width:100%}th,td{border-bottom:1px solid #cfc8ba;padding:.3rem;text-align:left;\
vertical-align:top}a{color:#0b4f6c}@media(max-width:40rem){thead{display:none}tr,td,th{display:block;border:0}tr{border-bottom:1px solid #cfc8ba}}";

/// The list as one page without script.
fn page(listed: &[Listed], atlas: &Atlas, day: &str) -> String {
    let mut out = format!(
        "<!doctype html>\n<html lang=\"ja\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, \
         initial-scale=1\">\n<title>地域資源一覧</title>\n<link rel=\"stylesheet\" href=\"kayoi.css\">\n</head>\n<body>\n<h1>地域資源一覧</h1>\n\
         <p>{day}現在。<a href=\"services.csv\">CSV</a>・<a href=\"services.xlsx\">Excel</a>・<a href=\"services.geojson\">GeoJSON</a></p>\n"
    );
    let district = |l: &Listed| l.district.unwrap_or("区域の外・位置未確定").to_owned();
    for run in listed.chunk_by(|a, b| a.district == b.district) {
        let _ = write!(
            out,
            "<h2>{}</h2>\n<table>\n<thead><tr><th>名前</th><th>種別</th><th>会場・住所</th><th>開催日</th><th>電話</th></tr></thead>\n<tbody>\n",
            escaped(&district(&run[0]))
        );
        run.iter().for_each(|l| out.push_str(&line(l.service)));
        out.push_str("</tbody>\n</table>\n");
    }
    out.push_str("<h2>出典</h2>\n<ul>\n");
    for d in atlas.datasets.iter().filter(|d| listed.iter().any(|l| l.service.source == d.dataset.title)) {
        let _ = writeln!(out, "<li>{}（{}）</li>", escaped(&d.dataset.title), escaped(&d.dataset.attribution));
    }
    out.push_str("</ul>\n</body>\n</html>\n");
    out
}

fn line(s: &PublicService) -> String {
    let text = |t: &Option<String>| escaped(t.as_deref().unwrap_or_default());
    let paused = if s.status == Status::Active { String::new() } else { format!("（{}）", s.status.ja()) };
    let name = match &s.url {
        Some(url) => format!("<a href=\"{}\">{}</a>", escaped(url), escaped(&s.name)),
        None => escaped(&s.name),
    };
    format!(
        "<tr><th scope=\"row\">{name}{paused}</th><td>{}</td><td>{} {}</td><td>{}</td><td>{}</td></tr>\n",
        escaped(&s.kind.kind().short),
        text(&s.venue),
        text(&s.address),
        text(&s.schedule),
        text(&s.phone)
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
