//! CSV files in the columns of 自治体標準オープンデータセット（推奨データセットの並び）: care offices, medical institutions, and, as no set
//! of these knows 通いの場, a list of the other services with headings in the same style.

use super::{ExportError, failed, zipped as zip};
use crate::atlas::Atlas;
use crate::model::{AreaType, PublicService, prefecture_of};
use crate::present::list::Listed;
use crate::present::table::{self, Column};

/// The zip, with the files that have rows.
pub fn zipped(atlas: &Atlas, listed: &[Listed]) -> Result<Vec<u8>, ExportError> {
    /// File name, the groups of kinds in it, how a service is written.
    type Set = (&'static str, fn(&str) -> bool, fn(usize, &Listed, [String; 3]) -> Vec<Column>);
    let sets: [Set; 3] = [
        ("介護サービス事業所一覧.csv", |g| g == "介護", care),
        ("医療機関一覧.csv", |g| g == "医療", medical),
        ("通いの場・地域資源一覧.csv", |g| g != "介護" && g != "医療", other),
    ];
    let mut files = Vec::new();
    for (name, of_group, row) in sets {
        let members = listed.iter().filter(|l| of_group(&l.service.kind.kind().group));
        let rows: Vec<_> = members.enumerate().map(|(i, l)| row(i + 1, l, municipality(atlas, l.service))).collect();
        if !rows.is_empty() {
            files.push((name.to_owned(), table::csv(&rows).map_err(failed)?.into_bytes()));
        }
    }
    zip(&files)
}

/// Code with its check digit, prefecture and municipality. A ward belongs to its city in the code only.
fn municipality(atlas: &Atlas, s: &PublicService) -> [String; 3] {
    let ward = s.point.and_then(|p| {
        let index = atlas.areas.get(&AreaType::Ward)?;
        Some(&index.areas[*index.at(p).first()? as usize])
    });
    let plain = ward.and_then(|w| w.city_code.as_deref());
    let prefecture = plain.and_then(prefecture_of).unwrap_or_default();
    [plain.map(with_check_digit).unwrap_or_default(), prefecture.to_owned(), ward.map(|w| w.name.clone()).unwrap_or_default()]
}

/// 43101 → 431010 (weights 6 to 2, modulo 11).
fn with_check_digit(code: &str) -> String {
    let digits: Vec<u32> = code.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 5 {
        return code.to_owned();
    }
    let sum: u32 = digits.iter().zip([6, 5, 4, 3, 2]).map(|(d, w)| d * w).sum();
    format!("{code}{}", (11 - sum % 11) % 10)
}

fn text(t: &Option<String>) -> String {
    t.clone().unwrap_or_default()
}

/// The number of an official register, of one scheme.
fn number(s: &PublicService, scheme: &str) -> String {
    let own = s.reference.as_deref().and_then(|r| r.split_once(':')).filter(|(k, _)| *k == scheme);
    own.map(|(_, n)| n.to_owned()).unwrap_or_default()
}

fn columns(pairs: Vec<(&str, String)>) -> Vec<Column> {
    pairs.into_iter().map(|(heading, value)| (heading.to_owned(), value)).collect()
}

/// What every set begins with.
fn beginning(no: usize, [code, prefecture, city]: [String; 3]) -> Vec<(&'static str, String)> {
    vec![("都道府県コード又は市区町村コード", code), ("NO", no.to_string()), ("都道府県名", prefecture), ("市区町村名", city)]
}

fn degree(v: Option<f64>) -> String {
    v.map_or_else(String::new, |v| format!("{v:.7}"))
}

/// 方書: the hall, where it has a name of its own.
fn placed(s: &PublicService) -> Vec<(&'static str, String)> {
    vec![
        ("住所", text(&s.address)),
        ("方書", text(&s.venue)),
        ("緯度", degree(s.point.map(|p| p.lat))),
        ("経度", degree(s.point.map(|p| p.lon))),
        ("電話番号", text(&s.phone)),
    ]
}

fn empty(headings: &[&'static str]) -> Vec<(&'static str, String)> {
    headings.iter().map(|h| (*h, String::new())).collect()
}

fn care(no: usize, l: &Listed, of: [String; 3]) -> Vec<Column> {
    let s = l.service;
    let mut row = beginning(no, of);
    row.push(("介護サービス事業所名称", s.name.clone()));
    row.push(("介護サービス事業所名称_カナ", text(&s.kana)));
    row.push(("実施サービス", s.kind.kind().ja.clone()));
    row.extend(placed(s));
    row.extend(empty(&["内線番号", "FAX番号", "法人番号", "法人の名称"]));
    row.push(("事業所番号", number(s, "care")));
    row.push(("利用可能曜日", text(&s.schedule)));
    row.extend(empty(&["利用可能曜日特記事項"]));
    row.push(("定員", s.capacity.map_or_else(String::new, |c| c.to_string())));
    row.push(("URL", text(&s.url)));
    row.push(("備考", remark(s)));
    columns(row)
}

fn medical(no: usize, l: &Listed, of: [String; 3]) -> Vec<Column> {
    let s = l.service;
    let mut row = beginning(no, of);
    row.push(("名称", s.name.clone()));
    row.push(("名称_カナ", text(&s.kana)));
    row.push(("医療機関の種類", s.kind.kind().short.clone()));
    row.extend(placed(s));
    row.extend(empty(&["内線番号", "FAX番号", "法人番号", "法人の名称"]));
    row.push(("医療機関コード", number(s, "medical")));
    row.push(("診療曜日", text(&s.schedule)));
    row.extend(empty(&["診療開始時間", "診療終了時間", "診療日時特記事項", "時間外における対応", "診療科目", "病床数"]));
    row.push(("URL", text(&s.url)));
    row.push(("備考", remark(s)));
    columns(row)
}

/// In the style of the sets; the headings are those the importer knows again.
fn other(no: usize, l: &Listed, of: [String; 3]) -> Vec<Column> {
    let s = l.service;
    let mut row = beginning(no, of);
    row.push(("名称", s.name.clone()));
    row.push(("名称_カナ", text(&s.kana)));
    row.push(("種別", s.kind.kind().ja.clone()));
    row.extend(placed(s));
    row.push(("開催日", text(&s.schedule)));
    row.push(("参加費", text(&s.fee)));
    row.push(("送迎", text(&s.pickup)));
    row.push(("予約", text(&s.booking)));
    row.push(("定員", s.capacity.map_or_else(String::new, |c| c.to_string())));
    row.push(("対象町内", text(&s.serves)));
    row.push(("校区", l.district.unwrap_or_default().to_owned()));
    row.push(("状況", s.status.ja().to_owned()));
    row.push(("最終確認日", text(&s.verified_on)));
    row.push(("URL", text(&s.url)));
    row.push(("備考", String::new()));
    columns(row)
}

/// 休止 has no column of its own.
fn remark(s: &PublicService) -> String {
    if s.status == crate::model::Status::Active { String::new() } else { s.status.ja().to_owned() }
}

#[cfg(test)]
mod tests {
    #[test]
    fn prefectures_are_told_by_their_code() {
        use crate::model::prefecture_of;
        assert_eq!(
            ["01101", "43101", "47201", "48000", "x"].map(prefecture_of),
            [Some("北海道"), Some("熊本県"), Some("沖縄県"), None, None]
        );
    }

    #[test]
    fn codes_get_the_check_digit_of_the_official_list() {
        // 総務省 全国地方公共団体コード
        for (code, whole) in
            [("43101", "431010"), ("43103", "431036"), ("43100", "431001"), ("37201", "372013"), ("9201", "9201")]
        {
            assert_eq!(super::with_check_digit(code), whole);
        }
    }
}
