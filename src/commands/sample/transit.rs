//! A bus timetable as GTFS-JP and six demand-taxi zones as GTFS-Flex.

use super::NAME;
use super::places::Places;
use super::streets::Streets;
use super::terrain::{Terrain, Xy};
use anyhow::Result;
use serde_json::json;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use zip::write::SimpleFileOptions;

const AGENCY: &str = "agency_id,agency_name,agency_url,agency_timezone,agency_lang\n9990001000001,架空バス株式会社,https://example.jp/,Asia/Tokyo,ja\n";
const CALENDAR: &str = "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n平日,1,1,1,1,1,0,0,20260401,20270331\n土日祝,0,0,0,0,0,1,1,20260401,20270331\n火金,0,1,0,0,1,0,0,20260401,20270331\n";
const FEED: &str = "feed_publisher_name,feed_publisher_url,feed_lang,feed_start_date,feed_end_date,feed_version\nkayoi sample（架空）,https://example.jp/,ja,20260401,20270331,1\n";

/// A zip of texts with a fixed date, so that the same city is the same bytes.
fn zipped(files: &[(&str, String)]) -> Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (name, text) in files {
        zip.start_file(*name, options)?;
        zip.write_all(text.as_bytes())?;
    }
    Ok(zip.finish()?.into_inner())
}

/// Bus lines along the main roads, a stop about every 380 m, 20 km/h.
pub fn gtfs(t: &Terrain, streets: &Streets) -> Result<Vec<u8>> {
    let mut stops = String::from("stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n");
    let mut routes = String::from("route_id,agency_id,route_short_name,route_long_name,route_type\n");
    let mut trips = String::from("route_id,service_id,trip_id,trip_headsign,direction_id\n");
    let mut times = String::from("trip_id,arrival_time,departure_time,stop_id,stop_sequence\n");
    let mut lines: Vec<&Vec<usize>> = streets.main_roads.iter().collect();
    lines.sort_by_key(|l| std::cmp::Reverse(l.len()));
    for (r, line) in lines.iter().take(8).enumerate() {
        let halts: Vec<Xy> = line.iter().step_by(4).map(|n| streets.nodes[*n]).collect();
        for (i, p) in halts.iter().enumerate() {
            let l = t.place(*p);
            let _ = writeln!(stops, "{r}_{i},架空{}番線{}停,{:.6},{:.6},0,", r + 1, i + 1, l.lat, l.lon);
        }
        let _ = writeln!(routes, "{r},9990001000001,{},架空{}番線,3", r + 1, r + 1);
        for (service, first, every) in [("平日", 6 * 60 + 30, 20 + 15 * r as u32), ("土日祝", 7 * 60, 30 + 20 * r as u32)] {
            for direction in 0..2 {
                let mut start = first;
                while start < 20 * 60 {
                    let trip = format!("{r}-{service}-{direction}-{start}");
                    let _ = writeln!(
                        trips,
                        "{r},{service},{trip},{},{direction}",
                        if direction == 0 { "架空中央" } else { "架空車庫" }
                    );
                    let mut clock = f64::from(start) * 60.0;
                    let order: Vec<usize> =
                        if direction == 0 { (0..halts.len()).collect() } else { (0..halts.len()).rev().collect() };
                    for (k, &i) in order.iter().enumerate() {
                        if k > 0 {
                            let (a, b) = (halts[order[k - 1]], halts[i]);
                            clock += (a.0 - b.0).hypot(a.1 - b.1) / (20_000.0 / 3600.0) + 15.0;
                        }
                        let s = clock.round() as u32;
                        let at = format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
                        let _ = writeln!(times, "{trip},{at},{at},{r}_{i},{}", k + 1);
                    }
                    start += every;
                }
            }
        }
    }
    zipped(&[
        ("agency.txt", AGENCY.into()),
        ("stops.txt", stops),
        ("routes.txt", routes),
        ("trips.txt", trips),
        ("stop_times.txt", times),
        ("calendar.txt", CALENDAR.into()),
        ("feed_info.txt", FEED.into()),
    ])
}

/// Zones around the outlying hamlets.
fn zones(t: &Terrain) -> Vec<(String, serde_json::Value)> {
    let mut far: Vec<Xy> = t.hamlets().iter().map(|h| h.0).collect();
    far.sort_by(|a, b| b.0.hypot(b.1).total_cmp(&a.0.hypot(a.1)));
    let zone = |(i, c): (usize, &Xy)| {
        let r = 900.0 + 120.0 * (i % 3) as f64;
        let ring: Vec<_> = (0..=24)
            .map(|k| f64::from(k % 24) * std::f64::consts::TAU / 24.0)
            .map(|a| t.place((c.0 + r * a.cos(), c.1 + r * a.sin())))
            .map(|l| json!([l.lon, l.lat]))
            .collect();
        let name = format!("{}区域（{NAME}）", super::places::hamlet_name(i));
        (name, json!({ "type": "Polygon", "coordinates": [ring] }))
    };
    far.iter().take(ZONES + 1).enumerate().map(zone).collect()
}

/// Zones written as GTFS-Flex; one more is written as the small form.
const ZONES: usize = 6;

/// Six zones: Tuesdays and Fridays, booked by 17:00 the day before, to the hospitals, a supermarket and a hall, and home.
pub fn flex(t: &Terrain, places: &Places) -> Result<Vec<u8>> {
    let zones = zones(t);
    let count = zones.len().min(ZONES);
    let feature = |(i, (name, geometry)): (usize, &(String, serde_json::Value))| json!({ "type": "Feature", "id": format!("zone{}", i + 1), "properties": { "stop_name": name }, "geometry": geometry });
    let features: Vec<_> = zones.iter().take(count).enumerate().map(feature).collect();
    let mut trips = String::from("route_id,service_id,trip_id\n");
    let mut times = String::from(
        "trip_id,location_id,location_group_id,stop_sequence,start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_type,drop_off_type,pickup_booking_rule_id,drop_off_booking_rule_id\n",
    );
    let mut routes = String::from("route_id,agency_id,route_short_name,route_long_name,route_type\n");
    for i in 1..=count {
        let _ = writeln!(routes, "d{i},9990001000001,デ{i},架空デマンド{i},715");
        let _ = writeln!(trips, "d{i},火金,t{i}\nd{i},火金,r{i}");
        let _ = writeln!(times, "t{i},zone{i},,1,08:30:00,16:00:00,2,1,b1,\nt{i},,行き先,2,08:30:00,16:30:00,1,2,,b1");
        let _ = writeln!(times, "r{i},,行き先,1,09:30:00,16:30:00,2,1,b1,\nr{i},zone{i},,2,09:30:00,17:30:00,1,2,,b1");
    }
    let booking = "booking_rule_id,booking_type,prior_notice_last_day,prior_notice_last_time,message,phone_number\nb1,2,1,17:00:00,前日17時までに電話で予約してください,099-000-0000\n";
    let mut stops = String::from("stop_id,stop_name,stop_lat,stop_lon,location_type\n");
    let mut members = String::from("location_group_id,stop_id\n");
    for (i, (name, at)) in places.destinations(t).into_iter().enumerate() {
        let _ = writeln!(stops, "行{i},{name},{:.6},{:.6},0", at.lat, at.lon);
        let _ = writeln!(members, "行き先,行{i}");
    }
    let locations = json!({ "type": "FeatureCollection", "features": features }).to_string();
    let agency = AGENCY.replace("架空バス株式会社", "架空デマンドタクシー");
    zipped(&[
        ("agency.txt", agency),
        ("stops.txt", stops),
        ("routes.txt", routes),
        ("trips.txt", trips),
        ("stop_times.txt", times),
        ("calendar.txt", CALENDAR.into()),
        ("booking_rules.txt", booking.into()),
        ("location_groups.txt", "location_group_id,location_group_name\n行き先,病院・店・公民館\n".into()),
        ("location_group_stops.txt", members),
        ("locations.geojson", locations),
        ("feed_info.txt", FEED.into()),
    ])
}

/// The small form of a city: a zone as a polygon and its runs as a table.
pub fn form(t: &Terrain, places: &Places) -> (String, String) {
    let zones = zones(t);
    let Some((name, geometry)) = zones.last() else { return (String::new(), String::new()) };
    let feature = json!({ "type": "Feature", "properties": { "区域名": name }, "geometry": geometry });
    let goals: Vec<String> = places.destinations(t).into_iter().map(|d| d.0).filter(|n| n != "架空スーパー前").collect();
    let mut runs = String::from("区域名,曜日,方向,出発時刻,予約締切,電話,運賃,登録要否,乗降点,台数,定員\r\n");
    for (direction, time) in [("往", "9:00"), ("往", "13:00"), ("復", "11:30"), ("復", "15:30")] {
        let _ =
            write!(runs, "{name},月・水・金,{direction},{time},1時間前まで,099-000-0001,300円,要,{},1,4\r\n", goals.join("・"));
    }
    (json!({ "type": "FeatureCollection", "features": [feature] }).to_string(), runs)
}

/// Riders of each zone by fiscal year, in the shape such tables have.
pub fn riders(t: &Terrain) -> String {
    let mut out = String::from("デマンドタクシー利用者数（人）\r\n区域,R6,R7\r\n");
    let (mut first, mut second) = (0, 0);
    for (i, (name, _)) in zones(t).iter().enumerate() {
        let (a, b) = (120 + 75 * i, 110 + 81 * i);
        (first, second) = (first + a, second + b);
        let _ = write!(out, "{name},{a},{b}\r\n");
    }
    let _ = write!(out, "計,\"{first}\",\"{second}\"\r\n");
    out
}
