//! Paper as printers and readers of screens take it: every sheet made, looked into with poppler, and held against the list.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test that cannot go on should stop

mod common;

use common::invented;
use kayoi::app::load_atlas;
use kayoi::app::paper::{ForStaff, Order, Sheet, print, print_all};
use kayoi::atlas::Atlas;
use kayoi::measure::PeopleOf;
use kayoi::model::{AreaType, Place, PublicService, Service, Visibility, kind_by_code};
use kayoi::present::paper::{Document, Karte, Listing, MapSheet, PaperError, Size, karte, map_sheet};
use kayoi::store::{Author, Edit, Store};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};
use tokio::sync::OnceCell;

struct City {
    atlas: Arc<Atlas>,
    inside: ForStaff,
    dir: tempfile::TempDir,
}

/// One city for all sheets.
async fn city() -> &'static City {
    static CITY: OnceCell<City> = OnceCell::const_new();
    CITY.get_or_init(|| async {
        let (dir, store) = invented(20_000).await;
        let data = dir.path().join("data");
        hide_something(store.as_ref(), &load_atlas(store.as_ref(), &data).await.unwrap()).await;
        let atlas = Arc::new(load_atlas(store.as_ref(), &data).await.unwrap());
        let records = store.records().await.unwrap().1.into_iter().map(Arc::new).collect();
        City { atlas, inside: ForStaff { records, notes: store.notes(0).await.unwrap() }, dir }
    })
    .await
}

/// A record for staff and one for the inner circle, where a salon stands.
async fn hide_something(store: &dyn Store, atlas: &Atlas) {
    let point = atlas.sites.all[atlas.sites.of_kind(kind_by_code("salon").unwrap())[0] as usize].point;
    let of = |name: &str, visibility| Service { visibility, ..Service::new(name, kind_by_code("salon").unwrap(), name) };
    let services = vec![of("関係者の集まり", Visibility::Staff), of("内輪の集まり", Visibility::Internal)];
    let level = kayoi::model::GeocodeLevel::Surveyed;
    let place = Place { name: "相談室".into(), point: Some(point), level, services, ..Place::default() };
    let edit = Edit { place: 0, version: 0, after: Some(place), merged_into: None };
    store.edit(&[edit], "試験", &Author::new("test", "2026-11-21T00:00:00Z")).await.unwrap();
}

fn run(program: &str, arguments: &[&str]) -> String {
    let done = Command::new(program).args(arguments).output();
    let done = done.unwrap_or_else(|e| panic!("{program} (poppler-utils) is needed: {e}"));
    assert!(done.status.success(), "{program}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8_lossy(&done.stdout).into_owned()
}

/// What poppler finds in a PDF.
struct Seen {
    info: String,
    fonts: String,
    text: String,
    /// Page, left, top, right, bottom and text of every word; sizes of pages.
    words: Vec<(usize, [f64; 4], String)>,
    pages: Vec<[f64; 2]>,
}

fn look(pdf: &[u8], dir: &Path, name: &str) -> Seen {
    let path = dir.join(format!("{name}.pdf"));
    std::fs::write(&path, pdf).unwrap();
    let p = path.to_str().unwrap();
    let boxes = run("pdftotext", &["-bbox", p, "-"]);
    let number = |line: &str, key: &str| -> f64 {
        let from = line.split(&format!("{key}=\"")).nth(1).unwrap();
        from.split('"').next().unwrap().parse().unwrap()
    };
    let (mut words, mut pages) = (Vec::new(), Vec::new());
    for line in boxes.lines().map(str::trim) {
        if line.starts_with("<page ") {
            pages.push([number(line, "width"), number(line, "height")]);
        }
        if line.starts_with("<word ") {
            let at = ["xMin", "yMin", "xMax", "yMax"].map(|k| number(line, k));
            let text = line.split('>').nth(1).unwrap().split('<').next().unwrap();
            words.push((pages.len(), at, text.to_owned()));
        }
    }
    Seen { info: run("pdfinfo", &[p]), fonts: run("pdffonts", &[p]), text: run("pdftotext", &["-raw", p, "-"]), words, pages }
}

impl Seen {
    /// What holds of every sheet: tagged, titled, its fonts inside, nothing over the edge, nothing on top of something else.
    fn is_sound(&self, title: &str) {
        assert!(
            self.info.contains(title) && self.info.contains("Tagged:") && self.info.contains("Tagged:          yes"),
            "{}",
            self.info
        );
        let fonts: Vec<&str> = self.fonts.lines().skip(2).collect();
        assert!(!fonts.is_empty());
        for f in fonts {
            // emb sub uni
            assert!(f.contains("yes yes yes") && f.contains("BIZUDPGothic"), "{f}");
        }
        for (page, [left, top, right, bottom], text) in &self.words {
            let [w, h] = self.pages[page - 1];
            assert!(
                *left >= 20.0 && *top >= 20.0 && *right <= w - 20.0 && *bottom <= h - 14.0,
                "{text} over the edge of page {page}"
            );
        }
    }
}

fn district(atlas: &Atlas) -> i64 {
    let index = &atlas.areas[&AreaType::ElementaryDistrict];
    let count = |a: &u32| atlas.sites.all.iter().filter(|s| index.contains(*a, s.point)).count();
    let most = (0..index.areas.len() as u32).max_by_key(count).unwrap();
    index.areas[most as usize].id
}

fn order(sheet: Sheet) -> Order {
    Order { url: Some("https://kayoi.example.jp".into()), ..Order::new(sheet, kayoi::app::today()) }
}

#[tokio::test]
async fn the_numbers_on_the_map_are_those_of_the_list() {
    let city = city().await;
    let id = district(&city.atlas);
    for size in [Size::A3, Size::A4] {
        let (index, at) = city.atlas.area(id).unwrap();
        let inside = |s: &&Arc<kayoi::atlas::Site>| index.contains(at, s.point);
        let services: Vec<Listing> = city.atlas.sites.all.iter().filter(inside).map(|s| Listing::public(&s.service)).collect();
        let area = &index.areas[at as usize];
        let today = kayoi::app::today();
        let sheet =
            MapSheet { atlas: &city.atlas, area, bounds: area.bounds().unwrap(), services, size, today, url: None, staff: false };
        let mut d = Document::new("地図").unwrap();
        let list = map_sheet(&mut d, &sheet);
        let seen = look(&d.finish().unwrap(), city.dir.path(), &format!("map-{size:?}"));
        seen.is_sound("地図");
        assert!(list.len() > 8, "{}", list.len());
        let [w, h] = size.across();
        assert_eq!(seen.pages[0].map(|v| v.round()), [f64::from(w).round(), f64::from(h).round()]);
        // each number stands once on the map and once in the list, wherever the list goes on
        let mut counted: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        let edge = f64::from(w) * if size == Size::A3 { 0.6 } else { 0.57 };
        for (page, [left, ..], text) in &seen.words {
            if list.iter().any(|e| e.label == *text) {
                counted.entry(text).or_default()[usize::from(*page > 1 || *left > edge)] += 1;
            }
        }
        for e in &list {
            let on_map = usize::from(e.point.is_some());
            assert_eq!(counted.get(e.label.as_str()), Some(&[on_map, 1]), "{} {size:?}", e.label);
            let solid = |t: &str| t.replace(char::is_whitespace, "");
            assert!(solid(&seen.text).contains(&solid(&e.name)), "{}", e.name);
        }
        // marks do not lie on each other
        let marks: Vec<&[f64; 4]> = seen
            .words
            .iter()
            .filter(|(p, at, t)| *p == 1 && at[0] < edge && list.iter().any(|e| e.label == *t))
            .map(|w| &w.1)
            .collect();
        for (i, a) in marks.iter().enumerate() {
            let apart = |b: &&&[f64; 4]| a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1];
            assert!(marks[..i].iter().all(|b| apart(&b)), "{a:?}");
        }
    }
}

#[tokio::test]
async fn every_sheet_is_sound_and_can_be_read_without_eyes() {
    let city = city().await;
    let id = district(&city.atlas);
    let name = city.atlas.area(id).map(|(i, a)| i.areas[a as usize].name.clone()).unwrap();
    for (sheet, words) in [
        (Sheet::Map, vec!["地域資源マップ", "出典", "OpenStreetMap", "デマンドタクシー区域"]),
        (Sheet::Karte, vec!["校区カルテ", "75歳以上の人のうち", "強み（ええとこ）", "配布先・説明日", "町内", "ささえりあ"]),
        (Sheet::Booklet, vec!["地域資源の一覧", "いつ"]),
        (Sheet::Calendar, vec!["の通いの場", "水"]),
    ] {
        let pdf = print(&city.atlas, id, &order(sheet), None).unwrap();
        let seen = look(&pdf, city.dir.path(), &format!("{sheet:?}"));
        seen.is_sound(&name);
        for w in words {
            assert!(seen.text.contains(w), "{w} on {sheet:?}: {}", seen.text);
        }
        assert!(
            !seen.text.contains("関係者限り") && !seen.text.contains("関係者の集まり") && !seen.text.contains("内輪の集まり")
        );
        // it is not an empty page: some of it is dark
        let png = city.dir.path().join(format!("{sheet:?}"));
        let pdf = city.dir.path().join(format!("{sheet:?}.pdf"));
        run("pdftoppm", &["-r", "40", "-gray", "-f", "1", "-l", "1", pdf.to_str().unwrap(), png.to_str().unwrap()]);
        let image = std::fs::read_dir(city.dir.path()).unwrap().filter_map(|f| f.ok().map(|f| f.path())).find(|f| {
            f.extension().is_some_and(|e| e == "pgm")
                && f.file_name().unwrap().to_str().unwrap().starts_with(&format!("{sheet:?}-"))
        });
        let bytes = std::fs::read(image.unwrap()).unwrap();
        let dark = bytes.iter().skip(20).filter(|b| **b < 120).count();
        assert!(dark * 200 > bytes.len() && dark * 3 < bytes.len(), "{sheet:?}: {dark} of {}", bytes.len());
    }
}

#[tokio::test]
async fn staff_sheets_say_so_and_keep_the_inner_circle_out() {
    let city = city().await;
    let salon = city.atlas.sites.all[city.atlas.sites.of_kind(kind_by_code("salon").unwrap())[0] as usize].point;
    let index = &city.atlas.areas[&AreaType::ElementaryDistrict];
    let id = index.areas[index.at(salon)[0] as usize].id;
    for sheet in [Sheet::Map, Sheet::Karte, Sheet::Booklet] {
        let public = look(&print(&city.atlas, id, &order(sheet), None).unwrap(), city.dir.path(), &format!("public-{sheet:?}"));
        let staff = print(&city.atlas, id, &order(sheet), Some(&city.inside)).unwrap();
        let staff = look(&staff, city.dir.path(), &format!("staff-{sheet:?}"));
        let flat = |s: &Seen| s.text.replace('\n', "");
        assert!(flat(&staff).contains("関係者限り") && flat(&staff).contains("関係者の集まり"), "{sheet:?}");
        assert!(!flat(&staff).contains("内輪の集まり") && !flat(&public).contains("関係者の集まり"), "{sheet:?}");
    }
}

#[tokio::test]
async fn an_atlas_has_an_index_whose_pages_are_right() {
    let city = city().await;
    let told = OnceLock::new();
    let mut steps = 0;
    let pdf = print_all(&city.atlas, AreaType::ElementaryDistrict, &order(Sheet::Map), None, |n, all, _| {
        steps += 1;
        told.get_or_init(|| all);
        n < all
    });
    let seen = look(&pdf.unwrap(), city.dir.path(), "atlas");
    seen.is_sound("小学校区の地域資源マップ");
    let index = &city.atlas.areas[&AreaType::ElementaryDistrict];
    assert_eq!((steps, *told.get().unwrap()), (index.areas.len(), index.areas.len()));
    for a in &index.areas {
        let titled =
            |p: usize| seen.words.iter().any(|(q, at, t)| *q == p && at[1] < 60.0 && at[3] - at[1] > 18.0 && *t == a.name);
        let page = (2..=seen.pages.len()).find(|p| titled(*p)).unwrap_or_else(|| panic!("{}", a.name));
        let line = seen.words.iter().position(|(p, _, t)| *p == 1 && *t == a.name).unwrap();
        let top = seen.words[line].1[1];
        let row: Vec<&str> =
            seen.words.iter().filter(|(p, at, _)| *p == 1 && (at[1] - top).abs() < 2.0).map(|w| w.2.as_str()).collect();
        assert!(row.contains(&page.to_string().as_str()), "{} {page}: {row:?}", a.name);
    }
    let stopped = print_all(&city.atlas, AreaType::ElementaryDistrict, &order(Sheet::Map), None, |n, _, _| n < 2);
    assert!(matches!(stopped, Err(PaperError::Nothing(_))));
}

#[tokio::test]
async fn hard_words_are_set_without_overflow_and_unknown_characters_are_marked() {
    let city = city().await;
    let (index, at) = city.atlas.area(district(&city.atlas)).unwrap();
    let centre = kayoi::measure::middle(&city.atlas, index.areas[at as usize].id).unwrap();
    let services: Vec<Listing> = (0..120)
        .map(|i| {
            let mut s = Service::new(
                format!("k{i}"),
                kind_by_code("salon").unwrap(),
                format!("とても長い名前のふれあいいきいき健康サロン髙﨑𠮷野家その{i}"),
            );
            s.schedule_text =
                Some("第１・３火曜、第２・４木曜（祝日を除く）１０：００〜１１：３０、８月と年末年始は休み".repeat(1 + i % 3));
            s.phone = Some("096-000-0000（平日9:00-17:00、担当の方が不在のときは折り返します）".into());
            s.id = i as i64;
            let place = Place {
                name: "会\u{7}場\t\n".repeat(i % 4),
                point: Some(centre),
                level: kayoi::model::GeocodeLevel::House,
                ..Place::default()
            };
            Listing::public(&PublicService::of(&place, &s, "試験").unwrap())
        })
        .collect();
    let sheet = MapSheet {
        atlas: &city.atlas,
        area: &index.areas[at as usize],
        bounds: index.areas[at as usize].bounds().unwrap(),
        services,
        size: Size::A4,
        today: kayoi::app::today(),
        url: Some("https://kayoi.example.jp/list?area=1"),
        staff: true,
    };
    let mut d = Document::new("長い").unwrap();
    let list = map_sheet(&mut d, &sheet);
    assert_eq!(list.len(), 120);
    let missing: Vec<char> = d.letters.missing.iter().copied().collect();
    let seen = look(&d.finish().unwrap(), city.dir.path(), "hard");
    seen.is_sound("長い");
    // every line of the list is there, and what the font lacks is a 〓 that does not go unsaid
    let flat = seen.text.replace('\n', "");
    for i in 0..120 {
        assert!(flat.contains(&format!("その{i}")), "{i}");
    }
    assert_eq!(missing.is_empty(), !flat.contains('〓'), "{missing:?}");
    // no line begins with a closing mark
    for line in seen.text.lines() {
        assert!(!line.starts_with(['、', '。', '）']), "{line}");
    }
}

#[tokio::test]
async fn figures_that_would_tell_of_persons_stand_on_sheets_for_staff_only() {
    let city = city().await;
    let (index, at) = city.atlas.area(district(&city.atlas)).unwrap();
    let area = &index.areas[at as usize];
    let mut numbers = kayoi::measure::district(&city.atlas, area.area_type, area.id, kayoi::app::today());
    numbers.people = vec![PeopleOf {
        year: 2020,
        district: [Some(4321.0), Some(77.0), Some(3.0)],
        city: [Some(9000.0), Some(900.0), Some(90.0)],
    }];
    numbers.lacking.truncate(2);
    (numbers.lacking[0].of, numbers.lacking[0].people) = (Some(60.0), Some(2.0));
    (numbers.lacking[1].of, numbers.lacking[1].people, numbers.lacking[1].share) = (Some(4.0), Some(4.0), Some(1.0));
    numbers.in_zones = Some(1.0);
    let text = |staff: bool| {
        let (today, services) = (kayoi::app::today(), vec![]);
        let bounds = area.bounds().unwrap();
        let sheet = MapSheet { atlas: &city.atlas, area, bounds, services, size: Size::A3, today, url: None, staff };
        let mut d = Document::new("カルテ").unwrap();
        karte(&mut d, &Karte { sheet, numbers: &numbers, hub: None, notes: Default::default() });
        look(&d.finish().unwrap(), city.dir.path(), &format!("few-{staff}")).text.replace(char::is_whitespace, "")
    };
    let (public, staff) = (text(false), text(true));
    assert!(public.contains("4,321") && public.matches("5人未満").count() == 4, "{public}");
    assert!(!public.contains("3.9%") && !public.contains("100%"), "{public}");
    assert!(!staff.contains("5人未満") && staff.contains("2人") && staff.contains("100%"), "{staff}");
}
