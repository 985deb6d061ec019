//! Clinics, care offices, halls, salons and shops, in the columns of the real lists — their usual faults included.

use super::districts::Districts;
use super::people::Cells;
use super::random::Random;
use super::streets::Streets;
use super::terrain::{Terrain, Xy};
use super::{CITY, NAME};
use anyhow::Result;
use rust_xlsxwriter::{Format, Workbook};
use std::fmt::Write;

struct Spot {
    name: String,
    kind: &'static str,
    at: crate::model::LonLat,
    district: String,
    /// Address, without the municipality.
    address: String,
}

type Shop = (Xy, Vec<(&'static str, String)>);

pub struct Places {
    medical: Vec<Spot>,
    care: Vec<Spot>,
    hubs: Vec<Spot>,
    halls: Vec<Spot>,
    salons: Vec<Spot>,
    shops: Vec<Shop>,
    buildings: Vec<Xy>,
}

/// 町内 in each district.
const NEIGHBOURHOODS: usize = 5;

/// Name of a hamlet on the map.
pub fn hamlet_name(i: usize) -> &'static str {
    const NAMES: [&str; 12] =
        ["架空岳", "架空谷", "架空浦", "架空原", "架空沢", "架空坂", "架空野", "架空滝", "架空峠", "架空畑", "架空島", "架空瀬"];
    NAMES[i % NAMES.len()]
}

/// Name of a town block, each its own.
pub fn town_name(i: usize) -> String {
    const HEAD: [&str; 10] = ["本町", "栄町", "浜町", "川町", "新町", "寺町", "緑町", "旭町", "港町", "宮町"];
    const SIDE: [&str; 8] = ["", "東", "西", "南", "北", "上", "下", "中"];
    const DIGIT: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let chome = i / 80 + 1;
    let ten = ["", "十"][usize::from(chome >= 10)];
    let tens = if chome >= 20 { DIGIT[chome / 10 % 10] } else { "" };
    format!("架空{}{}{tens}{ten}{}丁目", SIDE[i / 10 % 8], HEAD[i % 10], DIGIT[chome % 10])
}

impl Places {
    pub fn new(t: &Terrain, streets: &Streets, cells: &Cells, districts: &Districts, random: &mut Random) -> Self {
        let homes: Vec<Xy> = cells.houses.iter().map(|h| h.at).collect();
        let people: u32 = cells.cells.values().map(|c| c.total).sum();
        let per = |n: u32| (people / n).max(1) as usize;
        let name_of = |p: Xy| {
            let near = (0..districts.middles.len()).min_by(|&a, &b| {
                let d = |i: usize| (districts.middles[i].0 - p.0).hypot(districts.middles[i].1 - p.1);
                d(a).total_cmp(&d(b))
            });
            near.map_or(String::new(), |i| districts.name(i).to_owned())
        };
        let beside = |random: &mut Random| *random.pick(&homes);
        let house = |at: Xy| {
            let apart = |h: &&super::people::House| (h.at.0 - at.0).hypot(h.at.1 - at.1);
            cells.houses.iter().min_by(|a, b| apart(a).total_cmp(&apart(b))).map_or(String::new(), |h| h.address())
        };
        let many = |n: usize, kinds: &[(&'static str, &str)], random: &mut Random| -> Vec<Spot> {
            (0..n)
                .map(|i| {
                    let at = beside(random);
                    let (kind, word) = *random.pick(kinds);
                    let district = name_of(at);
                    Spot { name: format!("{district}{word}{}", i + 1), kind, at: t.place(at), district, address: house(at) }
                })
                .collect()
        };
        let clinics = [
            ("無床診療所", "内科クリニック"),
            ("無床診療所", "医院"),
            ("有床診療所", "整形外科医院"),
            ("歯科診療所", "歯科"),
            ("薬局", "薬局"),
        ];
        let mut medical = many(per(900), &clinics, random);
        medical.extend(many(per(25_000), &[("病院", "病院")], random));
        let care = many(
            per(1500),
            &[
                ("通所介護", "デイサービスセンター"),
                ("訪問介護", "ヘルパーステーション"),
                ("認知症対応型共同生活介護", "グループホーム"),
                ("小規模多機能型居宅介護", "多機能ホーム"),
            ],
            random,
        );
        let hub = |i: &usize| Spot {
            name: format!("高齢者支援センターささえりあ{}", districts.name(*i)),
            kind: "地域包括支援センター",
            at: t.place(on_street(streets, districts.middles[*i])),
            district: districts.name(*i).to_owned(),
            address: house(districts.middles[*i]),
        };
        let hubs: Vec<Spot> = (0..districts.middles.len()).step_by(2).collect::<Vec<_>>().iter().map(hub).collect();
        let hall = |i: usize| Spot {
            name: format!("{}公民館", districts.name(i)),
            kind: "公民館",
            at: t.place(on_street(streets, districts.middles[i])),
            district: districts.name(i).to_owned(),
            address: house(districts.middles[i]),
        };
        let halls: Vec<Spot> = (0..districts.middles.len()).map(hall).collect();
        let salons = many(
            per(1300),
            &[
                ("通いの場", "通いの場"),
                ("いきいきサロン", "いきいきサロン"),
                ("くまもと元気くらぶ", "元気くらぶ"),
                ("認知症カフェ", "オレンジカフェ"),
                ("運動教室", "フレイル教室"),
            ],
            random,
        );
        let shop = |random: &mut Random, i: usize| -> Shop {
            let sorts = [
                ("shop", "supermarket", "スーパー"),
                ("shop", "convenience", "コンビニ"),
                ("shop", "greengrocer", "青果店"),
                ("amenity", "bank", "銀行"),
                ("amenity", "post_office", "郵便局"),
            ];
            let (key, value, word) = *random.pick(&sorts);
            (beside(random), vec![(key, value.to_owned()), ("name", format!("架空{word}{}", i + 1))])
        };
        let shops = (0..per(1100)).map(|i| shop(random, i)).collect();
        let most = 6000;
        let buildings = homes.iter().copied().filter(|p| t.density(*p) > 0.3).take(most).collect();
        Self { medical, care, hubs, halls, salons, shops, buildings }
    }

    pub fn shops(&self) -> &[Shop] {
        &self.shops
    }

    pub fn buildings(&self) -> &[Xy] {
        &self.buildings
    }

    /// 自治体標準オープンデータセット 医療機関一覧 (old layout).
    pub fn medical_csv(&self) -> String {
        let mut out = String::from(
            "\u{feff}都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,医療機関の種類,住所,方書,緯度,経度,電話番号,内線番号,FAX番号,法人番号,法人の名称,医療機関コード,診療曜日,診療開始時間,診療終了時間,診療日時特記事項,時間外における対応,診療科目,病床数,URL,備考\n",
        );
        for (i, s) in self.medical.iter().enumerate() {
            let beds = if s.kind == "病院" { "180" } else { "" };
            let _ = writeln!(
                out,
                "{CITY},{},架空県,かよい市,{},,{},{NAME}{},,{:.7},{:.7},{},,,,,99{:010},月火水木金土,9:00,17:30,木曜・土曜は午前のみ,,内科,{beds},,",
                i + 1,
                s.name,
                s.kind,
                s.address,
                s.at.lat,
                s.at.lon,
                phone(i),
                i
            );
        }
        out
    }

    /// 介護サービス情報公表, 24 columns; one row with an Irish coordinate, one with latitude and longitude swapped.
    pub fn care_csv(&self) -> String {
        let mut out = String::from(
            "\u{feff}都道府県コード又は市町村コード,No,都道府県名,市区町村名,事業所名,事業所名カナ,サービスの種類,住所,方書（ビル名等）,緯度,経度,電話番号,FAX番号,法人番号,法人の名称,事業所番号,利用可能曜日,利用可能曜日特記事項,定員,URL,高齢者の方と障害者の方が同時一体的に利用できるサービス,介護保険の通常の指定基準を満たしている,障害福祉の通常の指定基準を満たしている,備考\n",
        );
        for (i, s) in self.care.iter().enumerate() {
            let (lat, lon) = match i {
                0 => ("53.41291".to_owned(), "-8.24389".to_owned()),
                1 => (format!("{:.6}", s.at.lon), format!("{:.6}", s.at.lat)),
                _ => (format!("{:.6}", s.at.lat), format!("{:.6}", s.at.lon)),
            };
            let _ = writeln!(
                out,
                "{CITY},{},架空県,かよい市,{},,{},{NAME}{},,{lat},{lon},{},,,,99{:08},平日土曜日,,{},,,,,",
                i + 1,
                s.name,
                s.kind,
                s.address,
                phone(i + 500),
                i,
                if i % 7 == 0 { 0 } else { 20 }
            );
        }
        out
    }

    pub fn hubs_csv(&self) -> String {
        let mut out = String::from("番号,名称,種別,所在地,緯度,経度,電話番号,担当校区\r\n");
        for (i, s) in self.hubs.iter().enumerate() {
            let _ = write!(
                out,
                "{},{},{},{NAME}{},{:.6},{:.6},{},{}\r\n",
                i + 1,
                s.name,
                s.kind,
                s.address,
                s.at.lat,
                s.at.lon,
                phone(i + 900),
                s.district
            );
        }
        out
    }

    /// 公共施設一覧 (old layout).
    pub fn halls_csv(&self) -> String {
        let mut out = String::from(
            "都道府県コード又は市区町村コード,NO,都道府県名,市区町村名,名称,名称_カナ,名称_通称,POIコード,住所,方書,緯度,経度,電話番号,備考\r\n",
        );
        for (i, s) in self.halls.iter().enumerate() {
            let _ = write!(
                out,
                "{CITY},{},架空県,かよい市,{},,,,{NAME}{},,{:.6},{:.6},{},\r\n",
                i + 1,
                s.name,
                s.address,
                s.at.lat,
                s.at.lon,
                phone(i + 1200)
            );
        }
        out
    }

    /// 町内 of every district: a list without boundaries, as cities have it.
    pub fn neighbourhoods_csv(&self) -> String {
        let mut out = String::from("校区,町内名\r\n");
        for hall in &self.halls {
            for k in 1..=NEIGHBOURHOODS {
                let _ = write!(out, "{0},{0}{k}町内\r\n", hall.district);
            }
        }
        out
    }

    /// 移動販売 round the hamlets.
    pub fn mobile_shops_csv(&self, t: &Terrain) -> String {
        let mut out = String::from("名称,種別,住所,緯度,経度,曜日,時間\r\n");
        for (i, (at, _)) in t.hamlets().iter().enumerate() {
            let (l, day) = (t.place(*at), ["毎週火曜", "毎週木曜", "第2・4金曜"][i % 3]);
            let name = hamlet_name(i);
            let _ =
                write!(out, "移動スーパー架空号 {name},移動販売,{NAME}{name},{:.6},{:.6},{day},10:00～10:30\r\n", l.lat, l.lon);
        }
        out
    }

    /// Where demand taxis take people: hospitals, a supermarket, the first hall.
    pub fn destinations(&self, t: &Terrain) -> Vec<(String, crate::model::LonLat)> {
        let hospitals = self.medical.iter().filter(|s| s.kind == "病院").map(|s| (s.name.clone(), s.at));
        let market = self.shops.iter().find(|s| s.1.iter().any(|(_, v)| v == "supermarket"));
        let market = market.map(|s| ("架空スーパー前".to_owned(), t.place(s.0)));
        hospitals.chain(market).chain(self.halls.first().map(|h| (h.name.clone(), h.at))).collect()
    }

    /// The coordinator's spreadsheet: title rows, two heading rows, merged cells, full-width digits, 休止中, a total row.
    pub fn salons_xlsx(&self) -> Result<Vec<u8>> {
        const DAYS: [&str; 7] =
            ["毎週水曜", "第2・4火曜", "毎週月曜・木曜", "第１・３金曜", "最終木曜", "毎月15日", "月～金（祝日除く）"];
        const TIMES: [&str; 4] = ["10:00～11:30", "13時半～15時", "１０時～正午", "9:30-11:00"];
        let mut book = Workbook::new();
        let sheet = book.add_worksheet().set_name("一覧")?;
        let plain = Format::new();
        sheet.merge_range(0, 0, 0, 11, "令和８年度　かよい市（架空）　通いの場・サロン一覧", &plain)?;
        sheet.write(1, 0, "令和8年4月1日現在")?;
        for (c, h) in [
            "No",
            "名称",
            "種別",
            "会場",
            "",
            "開催日時",
            "",
            "参加費",
            "送迎",
            "連絡先",
            "備考",
            "緯度",
            "経度",
            "対象町内",
            "定員",
            "最終確認日",
        ]
        .iter()
        .enumerate()
        {
            sheet.write(3, c as u16, *h)?;
        }
        for (c, h) in [(3, "名称"), (4, "所在地"), (5, "曜日"), (6, "時間")] {
            sheet.write(4, c, h)?;
        }
        sheet.merge_range(3, 3, 3, 4, "会場", &plain)?;
        sheet.merge_range(3, 5, 3, 6, "開催日時", &plain)?;
        for (i, s) in self.salons.iter().enumerate() {
            let row = 5 + i as u32;
            sheet.write(row, 0, i as f64 + 1.0)?;
            sheet.write(row, 1, &s.name)?;
            sheet.write(row, 2, s.kind)?;
            sheet.write(row, 3, format!("{}公民館", s.district))?;
            sheet.write(row, 4, format!("{NAME}{}", s.address))?;
            sheet.write(row, 5, DAYS[i % DAYS.len()])?;
            sheet.write(row, 6, TIMES[i % TIMES.len()])?;
            sheet.write(row, 7, if i % 3 == 0 { "無料" } else { "１００円" })?;
            sheet.write(row, 8, if i % 4 == 0 { "○" } else { "×" })?;
            // typed as a number, so the spreadsheet has dropped the leading zero
            sheet.write(row, 9, 990_000_000.0 + 1500.0 + i as f64)?;
            sheet.write(row, 10, if i % 11 == 5 { "休止中（R8.1～）" } else { "" })?;
            let (first, second) = (i % NEIGHBOURHOODS + 1, (i + 1) % NEIGHBOURHOODS + 1);
            sheet.write(row, 13, format!("{0}{first}町内、{0}{second}町内", s.district))?;
            sheet.write(row, 14, if i % 5 == 2 { 0.0 } else { 15.0 + (i % 4) as f64 * 5.0 })?; // 0: not filled in
            sheet.write(row, 15, format!("R{}.{}.10", 7 + i % 2, 1 + i % 12))?;
            if i % 13 != 7 {
                sheet.write(row, 11, s.at.lat)?;
                sheet.write(row, 12, s.at.lon)?;
            }
        }
        sheet.write(5 + self.salons.len() as u32, 0, "合計")?;
        sheet.write(5 + self.salons.len() as u32, 1, format!("{}か所", self.salons.len()))?;
        Ok(book.save_to_buffer()?)
    }
}

/// A number from the range kept free for fiction: no exchange begins with 0.
fn phone(i: usize) -> String {
    format!("099-000-{:04}", i % 10_000)
}

fn on_street(streets: &Streets, p: Xy) -> Xy {
    let distance = |q: &Xy| (q.0 - p.0).hypot(q.1 - p.1);
    streets.nodes.iter().copied().min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(p)
}
