//! Demand services as GTFS-Flex: what one city writes down, any trip planner can read.

use crate::atlas::transit::Transit;
use crate::model::{Booking, Calendar, Day, DemandService, FeedStop, Seconds, Spots};
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;

/// The files of a feed with every demand service of a network: name and text.
pub fn files(transit: &Transit, publisher: &str) -> Vec<(&'static str, String)> {
    let mut out = Files::new(publisher);
    for (f, feed) in transit.each_feed().enumerate() {
        for service in &feed.demand {
            out.service(f, &feed.calendars, &feed.stops, service);
        }
    }
    out.finish()
}

struct Files {
    agency: String,
    routes: String,
    trips: String,
    times: String,
    calendar: String,
    dates: String,
    rules: String,
    groups: String,
    members: String,
    stops: String,
    zones: Vec<serde_json::Value>,
    known_zones: BTreeMap<String, String>,
    known_stops: BTreeMap<String, ()>,
    known_calendars: BTreeMap<String, ()>,
}

fn clock(s: Seconds) -> String {
    format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}

fn date(d: Day) -> String {
    d.date().strftime("%Y%m%d").to_string()
}

/// A field of a table: quoted if it must be.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

impl Files {
    fn new(publisher: &str) -> Self {
        let name = field(publisher);
        Self {
            agency: format!("agency_id,agency_name,agency_url,agency_timezone,agency_lang\n1,{name},https://example.jp/,Asia/Tokyo,ja\n"),
            routes: "route_id,agency_id,route_long_name,route_type\n".into(),
            trips: "route_id,service_id,trip_id\n".into(),
            times: "trip_id,stop_sequence,location_id,location_group_id,start_pickup_drop_off_window,end_pickup_drop_off_window,pickup_type,drop_off_type,pickup_booking_rule_id,drop_off_booking_rule_id\n".into(),
            calendar: "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n".into(),
            dates: "service_id,date,exception_type\n".into(),
            rules: "booking_rule_id,booking_type,prior_notice_duration_min,prior_notice_last_day,prior_notice_last_time,message,phone_number,info_url\n".into(),
            groups: "location_group_id,location_group_name\n".into(),
            members: "location_group_id,stop_id\n".into(),
            stops: "stop_id,stop_name,stop_lat,stop_lon\n".into(),
            zones: Vec::new(),
            known_zones: BTreeMap::new(),
            known_stops: BTreeMap::new(),
            known_calendars: BTreeMap::new(),
        }
    }

    fn service(&mut self, feed: usize, calendars: &[Calendar], stops: &[FeedStop], s: &DemandService) {
        let route = format!("{feed}:{}", s.id);
        let _ = writeln!(self.routes, "{},1,{},715", field(&route), field(&s.name));
        let rule = self.rule(&route, s);
        for (i, leg) in s.legs.iter().enumerate() {
            let service = self.calendar(feed, &calendars[leg.calendar as usize]);
            let (from, to) = (self.place(feed, stops, &leg.pickup), self.place(feed, stops, &leg.drop_off));
            for (w, (start, end)) in leg.windows.iter().enumerate() {
                let trip = field(&format!("{route}:{i}:{w}"));
                let _ = writeln!(self.trips, "{},{},{trip}", field(&route), field(&service));
                let until = leg.until.unwrap_or(*end).max(*end);
                // 2: by telephone with the agency; 1: not here
                let _ = writeln!(self.times, "{trip},1,{from},{},{},2,1,{rule},", clock(*start), clock(*end));
                let _ = writeln!(self.times, "{trip},2,{to},{},{},1,2,,{rule}", clock(*start), clock(until));
            }
        }
    }

    fn rule(&mut self, route: &str, s: &DemandService) -> String {
        let Some(booking) = s.booking else { return String::new() };
        let (kind, minutes, day, time) = match booking {
            Booking::Now => (0, String::new(), String::new(), String::new()),
            Booking::Minutes(m) => (1, m.to_string(), String::new(), String::new()),
            Booking::Days(d, t) => (2, String::new(), d.to_string(), clock(t)),
        };
        // what GTFS-Flex has no column for goes into the message, so that nobody loses it
        let mut message: Vec<String> = s.message.iter().cloned().collect();
        message.extend(s.registered_only.then(|| "利用登録が要ります".into()));
        message.extend(s.min_age.map(|a| format!("{a}歳以上")));
        message.extend(s.fare.iter().map(|f| format!("運賃 {f}")));
        let (phone, url) = (s.phone.clone().unwrap_or_default(), s.url.clone().unwrap_or_default());
        let id = field(route);
        let _ = writeln!(
            self.rules,
            "{id},{kind},{minutes},{day},{time},{},{},{}",
            field(&message.join("。")),
            field(&phone),
            field(&url)
        );
        id
    }

    fn calendar(&mut self, feed: usize, c: &Calendar) -> String {
        let id = format!("{feed}:{}", c.id);
        if self.known_calendars.insert(id.clone(), ()).is_none() {
            if c.weekdays != 0 {
                let days: Vec<&str> = (0..7).map(|k| if c.weekdays >> k & 1 == 1 { "1" } else { "0" }).collect();
                let _ = writeln!(self.calendar, "{},{},{},{}", field(&id), days.join(","), date(c.start), date(c.end));
            }
            c.added.iter().for_each(|d| {
                let _ = writeln!(self.dates, "{},{},1", field(&id), date(*d));
            });
            c.removed.iter().for_each(|d| {
                let _ = writeln!(self.dates, "{},{},2", field(&id), date(*d));
            });
        }
        id
    }

    /// The location and group columns of a call.
    fn place(&mut self, feed: usize, stops: &[FeedStop], spots: &Spots) -> String {
        let key = format!("{feed}:{spots:?}");
        if let Some(known) = self.known_zones.get(&key) {
            return known.clone();
        }
        let id = format!("p{}", self.known_zones.len() + 1);
        let name = spots.names.join("・");
        let columns = if spots.area.is_empty() {
            let _ = writeln!(self.groups, "{id},{}", field(&name));
            for s in spots.stops.iter().map(|s| &stops[*s as usize]) {
                let stop = format!("{feed}:{}", s.id);
                let _ = writeln!(self.members, "{id},{}", field(&stop));
                if let (Some(p), None) = (s.point, self.known_stops.insert(stop.clone(), ())) {
                    let _ = writeln!(self.stops, "{},{},{:.7},{:.7}", field(&stop), field(&s.name), p.lat, p.lon);
                }
            }
            format!(",{id}")
        } else {
            let geometry = json!({ "type": "MultiPolygon", "coordinates": spots.area });
            self.zones.push(json!({ "type": "Feature", "id": id, "properties": { "stop_name": name }, "geometry": geometry }));
            format!("{id},")
        };
        self.known_zones.insert(key, columns.clone());
        columns
    }

    fn finish(self) -> Vec<(&'static str, String)> {
        vec![
            ("agency.txt", self.agency),
            ("routes.txt", self.routes),
            ("trips.txt", self.trips),
            ("stop_times.txt", self.times),
            ("calendar.txt", self.calendar),
            ("calendar_dates.txt", self.dates),
            ("booking_rules.txt", self.rules),
            ("location_groups.txt", self.groups),
            ("location_group_stops.txt", self.members),
            ("stops.txt", self.stops),
            ("locations.geojson", json!({ "type": "FeatureCollection", "features": self.zones }).to_string()),
        ]
    }
}
