//! 国土数値情報 layers, told apart by their attribute names, as GeoJSON or shapefile.
//! Attribute meanings: the product specifications of 国土交通省 (A27, A32, N03, P04, P11, P14, P29, A29, A50, 500 m mesh).

use super::features::Feature;
use super::headers::{Columns, Mappings};
use super::table::Table;
use super::{Findings, Reading, Refusal, census, services, topology};
use crate::model::{Area, AreaType, Batch, Dataset, GeocodeLevel, KindId, LonLat, Place, Service, Severity, kind_by_code};
use geo::{Geometry, MultiPolygon};
use std::collections::BTreeMap;

/// Reads features of a known layer, or says why not.
pub fn read(features: &[Feature], stem: &str) -> Result<Reading, Refusal> {
    let has = |name: &str| features.iter().take(200).any(|f| f.get(name).is_some());
    let dataset = |format: &str, title: &str| dataset(format, title, stem);
    match () {
        () if has("A27_001") => Ok(areas(features, dataset("ksj_a27", "国土数値情報 小学校区（A27）"), |f| {
            district(f, "A27", AreaType::ElementaryDistrict)
        })),
        () if has("A32_001") => Ok(areas(features, dataset("ksj_a32", "国土数値情報 中学校区（A32）"), |f| {
            district(f, "A32", AreaType::JuniorHighDistrict)
        })),
        () if has("N03_007") => Ok(areas(features, dataset("ksj_n03", "国土数値情報 行政区域（N03）"), municipality)),
        () if has("A50_006") || has("A50_001") => {
            Ok(areas(features, dataset("ksj_a50", "国土数値情報 立地適正化計画区域（A50）"), location_plan))
        }
        () if has("AreaCode") && has("Cityname") => {
            Ok(areas(features, dataset("planning_gis", "都市計画決定GIS 誘導区域"), planning_gis))
        }
        () if has("A29_004") => Ok(dissolved(areas(features, dataset("ksj_a29", "国土数値情報 用途地域（A29）"), zoning))),
        () if has("N02_005") => Ok(points(features, dataset("ksj_n02", "国土数値情報 鉄道駅（N02）"), station)),
        () if has("P11_001") => Ok(points(features, dataset("ksj_p11", "国土数値情報 バス停留所（P11）"), bus_stop)),
        () if has("P04_001") => Ok(points(features, dataset("ksj_p04", "国土数値情報 医療機関（P04）"), medical)),
        () if has("P14_001") && !has("P14_010") => {
            Err(Refusal::new("old_p14", "福祉施設（P14）の古い版です。列の意味が違うため、令和3年以降の版を使ってください。"))
        }
        () if has("P14_001") => Ok(points(features, dataset("ksj_p14", "国土数値情報 福祉施設（P14）"), welfare)),
        () if has("P29_001") => Ok(points(features, dataset("ksj_p29", "国土数値情報 学校（P29）"), school)),
        () if has("MESH_ID") && features.iter().take(5).any(|f| f.properties.iter().any(|(n, _)| n.starts_with("PTN_"))) => {
            Ok(census::mesh_projection(features, dataset("ksj_mesh500", "国土数値情報 500mメッシュ別将来推計人口")))
        }
        () if has("KEY_CODE") && has("JINKO") => {
            Ok(census::small_area_features(features, dataset("small_area", "国勢調査 小地域")))
        }
        () if has("omt_class") || (has("class") && has("subclass")) => Err(Refusal::new(
            "osm_poi",
            "OpenStreetMapの地点データです。同じ地点は .osm.pbf から取り込むため、ここでは取り込みません。",
        )),
        () => as_table(features, stem),
    }
}

/// Any other points: read their properties as a list with coordinates.
fn as_table(features: &[Feature], stem: &str) -> Result<Reading, Refusal> {
    let mut names: Vec<String> = Vec::new();
    for (name, _) in features.iter().take(200).flat_map(|f| &f.properties) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let zones = names.iter().any(|n| n == "区域名");
    if zones {
        return Ok(areas(features, dataset("demand_zone", "デマンドタクシー区域", stem), |f| {
            Some((AreaType::DemandZone, None, f.get("区域名")?.to_owned(), None))
        }));
    }
    names.retain(|n| !matches!(n.as_str(), "緯度" | "経度"));
    let row_of = |f: &Feature| {
        let mut row: Vec<String> = names.iter().map(|n| f.get(n).unwrap_or_default().to_owned()).collect();
        let p = point_of(f);
        row.push(p.map(|p| p.lat.to_string()).unwrap_or_default());
        row.push(p.map(|p| p.lon.to_string()).unwrap_or_default());
        (f.row, row)
    };
    let heading: Vec<String> = names.iter().cloned().chain(["緯度".into(), "経度".into()]).collect();
    let rows = std::iter::once((0, heading)).chain(features.iter().map(row_of)).collect();
    let table = Table { sheet: None, rows };
    let Some(columns) = Columns::find(&table, &Mappings::new(), "") else {
        return Err(Refusal::new(
            "unknown_geojson",
            format!(
                "この地物の種類が分かりません（属性: {}）。対応形式は README を見てください。",
                names.join("、").chars().take(120).collect::<String>()
            ),
        ));
    };
    services::read(&table, &columns, stem)
}

fn dataset(format: &str, title: &str, stem: &str) -> Dataset {
    Dataset {
        key: format!("{format}:{stem}"),
        format: format.into(),
        title: title.into(),
        attribution: if format.starts_with("ksj") {
            "国土交通省 国土数値情報".into()
        } else {
            "各自治体・総務省統計局".into()
        },
        vintage: None,
    }
}

/// Type, code, name and municipality of an area feature.
type Described = (AreaType, Option<String>, String, Option<String>);

fn areas(features: &[Feature], mut dataset: Dataset, describe: impl Fn(&Feature) -> Option<Described>) -> Reading {
    let mut findings = Findings::default();
    let mut groups: BTreeMap<String, (Described, bool, Vec<MultiPolygon<f64>>)> = BTreeMap::new();
    for feature in features {
        let Some(described) = describe(feature) else {
            findings.say(Severity::Left, feature.row, "", "", "no_area_name", "名称か区分が読めないため取り込みませんでした。");
            continue;
        };
        let Some(polygons) = topology::polygons(feature, &mut findings) else {
            findings.say(
                Severity::Left,
                feature.row,
                "geometry",
                &described.2,
                "no_polygon",
                "面の図形がないか、面積がゼロのため取り込みませんでした。",
            );
            continue;
        };
        let outside = polygons.0.iter().flat_map(|p| p.exterior().coords()).any(|c| !LonLat::new(c.x, c.y).in_japan());
        if outside {
            findings.say(
                Severity::Left,
                feature.row,
                "geometry",
                &described.2,
                "area_abroad",
                "図形が日本の外にあります。座標系と緯度経度の順を確認してください。",
            );
            continue;
        }
        let approximate = feature.get("approximate") == Some("true");
        let (kind, code, name, city) = &described;
        let mut key = format!("{}|{}|{}|{name}", kind.code(), city.as_deref().unwrap_or(""), code.as_deref().unwrap_or(""));
        // parts of one area share its code; two districts of the same name and no code are two
        let district = matches!(kind, AreaType::ElementaryDistrict | AreaType::JuniorHighDistrict);
        for n in 2.. {
            if code.is_some() || !district || !groups.contains_key(&key) {
                break;
            }
            key = format!("{}|{}||{name}#{n}", kind.code(), city.as_deref().unwrap_or(""));
        }
        groups.entry(key).or_insert_with(|| (described.clone(), approximate, Vec::new())).2.push(polygons);
    }
    if groups.values().any(|(_, approximate, _)| *approximate) {
        dataset.title += "（概略・公式ではありません）";
    }
    let areas = groups
        .into_iter()
        .map(|(key, ((area_type, code, name, city_code), approximate, parts))| Area {
            id: 0,
            key,
            area_type,
            code,
            name,
            city_code,
            parent: None,
            approximate,
            geometry: Some(topology::gather(parts)),
        })
        .collect();
    Reading { dataset, batch: Batch { areas, ..Batch::default() }, findings }
}

fn dissolved(mut reading: Reading) -> Reading {
    for area in &mut reading.batch.areas {
        area.geometry = area.geometry.as_ref().map(|g| topology::dissolve(std::slice::from_ref(g)));
    }
    reading
}

fn owned(f: &Feature, name: &str) -> Option<String> {
    f.get(name).map(str::to_owned)
}

/// A27/A32: 001 municipality, 003 school code, 004 name. The 2010 layout has the name in 003 and the school type in 002.
fn district(f: &Feature, layer: &str, area_type: AreaType) -> Option<Described> {
    let get = |n: &str| owned(f, &format!("{layer}_{n}"));
    let city = get("001");
    let is_name = |t: &String| t.contains("学校") || t.contains("学園") || t.contains("校区");
    let name = get("004").filter(is_name).or_else(|| get("003").filter(is_name)).or_else(|| get("007")).or_else(|| get("004"))?;
    let code = get("003").filter(|c| c.chars().all(|x| x.is_ascii_alphanumeric()));
    Some((area_type, code, name, city))
}

fn municipality(f: &Feature) -> Option<Described> {
    let code = owned(f, "N03_007")?;
    let city = f.get("N03_003").filter(|c| c.ends_with('市')).unwrap_or_default();
    let name = format!("{city}{}", f.get("N03_004")?);
    Some((AreaType::Ward, Some(code.clone()), name, Some(code)))
}

fn location_plan(f: &Feature) -> Option<Described> {
    let class = f.get("A50_006").unwrap_or_default();
    let area_type = match class {
        "1" => AreaType::PlanningArea,
        "2" => AreaType::ResidenceInduction,
        "3" => AreaType::FunctionInduction,
        t if t.contains("都市機能") => AreaType::FunctionInduction,
        t if t.contains("居住") => AreaType::ResidenceInduction,
        t if t.contains("計画") => AreaType::PlanningArea,
        _ => return None,
    };
    let city = owned(f, "A50_001").or_else(|| owned(f, "A50_004"));
    let name = f.get("A50_005").filter(|t| !t.is_empty()).map_or_else(|| area_type.ja().to_owned(), str::to_owned);
    Some((area_type, None, name, city))
}

/// 都市計画決定GIS: AreaCode 31 居住誘導区域, 32 都市機能誘導区域.
fn planning_gis(f: &Feature) -> Option<Described> {
    let area_type = match f.get("AreaCode")? {
        "31" => AreaType::ResidenceInduction,
        "32" => AreaType::FunctionInduction,
        _ => return None,
    };
    Some((area_type, None, f.get("AreaType").unwrap_or(area_type.ja()).to_owned(), owned(f, "Citycode")))
}

fn zoning(f: &Feature) -> Option<Described> {
    Some((AreaType::Zoning, owned(f, "A29_004"), f.get("A29_005")?.to_owned(), owned(f, "A29_001")))
}

/// Name, address, kind, facility, position level of a point feature.
struct Spot {
    key: String,
    name: String,
    address: Option<String>,
    kind: Option<KindId>,
    facility: Option<&'static str>,
    level: GeocodeLevel,
    url_note: Option<String>,
}

fn point_of(f: &Feature) -> Option<LonLat> {
    use geo::Centroid;
    match f.geometry.as_ref()? {
        Geometry::Point(p) => Some(LonLat::new(p.x(), p.y())),
        Geometry::MultiPoint(m) => m.0.first().map(|p| LonLat::new(p.x(), p.y())),
        other => other.centroid().map(|p| LonLat::new(p.x(), p.y())),
    }
}

fn points(features: &[Feature], dataset: Dataset, describe: impl Fn(&Feature) -> Option<Spot>) -> Reading {
    let mut findings = Findings::default();
    let mut places: BTreeMap<String, Place> = BTreeMap::new();
    for feature in features {
        let Some(spot) = describe(feature) else {
            findings.say(Severity::Left, feature.row, "", "", "no_name", "名称が読めないため取り込みませんでした。");
            continue;
        };
        let point = point_of(feature).filter(|p| p.in_japan());
        let level = if point.is_some() { spot.level } else { GeocodeLevel::Unlocated };
        if !level.is_located() {
            findings.say(
                Severity::Doubtful,
                feature.row,
                "geometry",
                &spot.name,
                "position_coarse",
                "位置の正確度が低いか日本の外のため、位置未確定として登録しました。",
            );
        }
        let at = point.map(LonLat::to_e7).unwrap_or_default();
        let key = format!("{}|{}|{}", spot.key, at[0], at[1]);
        let mut service = spot.kind.map(|kind| Service::new(key.clone(), kind, spot.name.clone()));
        if let Some(s) = &mut service {
            s.reference = Some(&spot.key).filter(|k| k.starts_with("station:")).cloned();
            s.internal.clone_from(&spot.url_note);
        }
        let place = Place {
            id: 0,
            key: key.clone(),
            name: spot.name,
            kana: None,
            address: spot.address,
            point,
            level,
            facility: spot.facility.map(str::to_owned),
            home: false,
            services: service.into_iter().collect(),
        };
        if places.insert(key, place).is_some() {
            findings.say(Severity::Left, feature.row, "", "", "duplicate_row", "同じ名称・同じ位置の記録が先にあります。");
        }
    }
    Reading { dataset, batch: Batch { places: places.into_values().collect(), ..Batch::default() }, findings }
}

/// A station is a line along its platform: its middle stands for it. Lines of one group (N02_005g) are one station.
fn station(f: &Feature) -> Option<Spot> {
    let name = f.get("N02_005")?.to_owned();
    let group = f.get("N02_005g").or(f.get("N02_005c")).map_or_else(|| name.clone(), str::to_owned);
    Some(Spot {
        key: format!("station:{group}"),
        name,
        address: None,
        kind: kind_by_code("transit_stop"),
        facility: None,
        level: GeocodeLevel::Surveyed,
        url_note: None,
    })
}

fn bus_stop(f: &Feature) -> Option<Spot> {
    let name = f.get("P11_001")?.to_owned();
    let lines: Vec<&str> = f.properties.iter().filter(|(n, _)| n.starts_with("P11_003")).map(|(_, v)| v.as_str()).collect();
    let note = serde_json::json!({ "operator": f.get("P11_002"), "lines": lines.join(",") }).to_string();
    Some(Spot {
        key: name.clone(),
        name,
        address: None,
        kind: kind_by_code("transit_stop"),
        facility: None,
        level: GeocodeLevel::Surveyed,
        url_note: Some(note),
    })
}

fn medical(f: &Feature) -> Option<Spot> {
    let kind = match f.get("P04_001")? {
        "1" => "hospital",
        "2" => "clinic",
        "3" => "dental",
        _ => return None,
    };
    let name = f.get("P04_002")?.to_owned();
    Some(Spot {
        key: format!("{kind}|{name}"),
        name,
        address: owned(f, "P04_003"),
        kind: kind_by_code(kind),
        facility: None,
        level: GeocodeLevel::Surveyed,
        url_note: None,
    })
}

/// P14: 006 is the middle class; 010 is positional accuracy, 1 building, 2 block, 3 oaza, 4 municipality, 5 prefecture.
fn welfare(f: &Feature) -> Option<Spot> {
    let name = f.get("P14_008")?.to_owned();
    let class = f.get("P14_006").unwrap_or_default();
    let kind = match class.trim_start_matches('0') {
        "201" | "202" | "207" => Some("housing"),
        "204" => Some("day_care"),
        "205" => Some("multi_care"),
        "206" => Some("care_mgmt"),
        _ => None,
    };
    let level = match f.get("P14_010") {
        Some("1") => GeocodeLevel::House,
        Some("2") => GeocodeLevel::Block,
        Some("3") => GeocodeLevel::OldVillage,
        _ => GeocodeLevel::Municipality,
    };
    let facility = kind.is_none().then_some("welfare");
    Some(Spot {
        key: format!("{class}|{name}"),
        name,
        address: owned(f, "P14_004"),
        kind: kind.and_then(kind_by_code),
        facility,
        level,
        url_note: None,
    })
}

/// P29: the class (16001 …) stands in 003 since 2021 and elsewhere before; name and address follow it.
fn school(f: &Feature) -> Option<Spot> {
    let column = |i: u32| f.get(&format!("P29_{i:03}"));
    let class_at = (2..=6).find(|&i| column(i).is_some_and(|v| v.len() == 5 && v.starts_with("160")))?;
    let name = column(class_at + 1)?.to_owned();
    Some(Spot {
        key: name.clone(),
        name,
        address: column(class_at + 2).map(str::to_owned),
        kind: None,
        facility: Some("school"),
        level: GeocodeLevel::Surveyed,
        url_note: None,
    })
}
