//! When services meet: the days of one, and the next of them.

use crate::model::{Day, PublicService, Schedule, Seconds, Status};

/// One meeting of a service.
#[derive(Debug, Clone)]
pub struct Meeting<'a> {
    /// The service.
    pub service: &'a PublicService,
    /// The day.
    pub day: Day,
    /// From and to, seconds from midnight; nothing if only the day is known.
    pub hours: Option<(Seconds, Seconds)>,
}

/// Meetings from one day up to and without another; none while a service is paused.
///
/// # Errors
/// Why its days are not known.
pub fn meetings(s: &PublicService, from: Day, to: Day) -> Result<Vec<Meeting<'_>>, &'static str> {
    if s.status != Status::Active {
        return Ok(Vec::new());
    }
    let words = s.schedule.as_deref().ok_or("開催日の記載がありません")?;
    let schedule = Schedule::from_words(words).map_err(|e| e.ja())?;
    Ok(schedule.days(from, to).flat_map(|day| of_day(s, &schedule, day)).collect())
}

fn of_day<'a>(service: &'a PublicService, schedule: &Schedule, day: Day) -> Vec<Meeting<'a>> {
    if !schedule.is_timed() {
        return vec![Meeting { service, day, hours: None }];
    }
    schedule.on(day).into_iter().map(|hours| Meeting { service, day, hours: Some(hours) }).collect()
}

/// The first meeting that is not over yet, within some days from today. `now` is seconds from today's midnight.
pub fn next_meeting<'a>(
    service: &'a PublicService,
    schedule: &Schedule,
    (today, now): (Day, Seconds),
    days: i32,
) -> Option<Meeting<'a>> {
    let over = |m: &Meeting| m.day == today && m.hours.is_some_and(|(_, to)| to <= now);
    let all = schedule.days(today, today.plus(days)).flat_map(|day| of_day(service, schedule, day));
    all.into_iter().find(|m| !over(m))
}

/// What meets in a month, day by day, and whose days are not known, with why.
#[derive(Debug, Default)]
pub struct Month<'a> {
    /// The meetings, in their order.
    pub meetings: Vec<Meeting<'a>>,
    /// Services whose days are not known.
    pub unclear: Vec<(&'a PublicService, &'static str)>,
}

/// The month that begins on a day, of services that run.
pub fn month<'a>(services: impl Iterator<Item = &'a PublicService>, first: Day) -> Month<'a> {
    let mut month = Month::default();
    for s in services.filter(|s| s.status == Status::Active) {
        match meetings(s, first, first.next_month()) {
            Ok(of_service) => month.meetings.extend(of_service),
            Err(why) => month.unclear.push((s, why)),
        }
    }
    month.meetings.sort_by_key(|m| (m.day, m.hours, m.service.id));
    month
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Place, Service, kind_by_code};

    fn salon(schedule: &str, status: Status) -> PublicService {
        let mut s = Service::new("k", kind_by_code("salon").unwrap(), "サロン");
        (s.schedule_text, s.status) = (Some(schedule.into()), status);
        PublicService::of(&Place::default(), &s, "試験").unwrap()
    }

    #[test]
    fn the_next_meeting_is_the_one_that_is_not_over() {
        let s = salon("毎週水曜 10:00-11:30", Status::Active);
        let schedule = Schedule::from_words("毎週水曜 10:00-11:30").unwrap();
        let next = |day: &str, hour: u32| {
            let m = next_meeting(&s, &schedule, (Day::parse(day).unwrap(), hour * 3600), 30).unwrap();
            (m.day.to_string(), m.hours)
        };
        let hours = Some((36_000, 41_400));
        assert_eq!(next("2026-11-21", 9), ("2026-11-25".into(), hours));
        assert_eq!(next("2026-11-25", 11), ("2026-11-25".into(), hours));
        assert_eq!(next("2026-11-25", 12), ("2026-12-02".into(), hours));
        assert!(next_meeting(&s, &schedule, (Day::parse("2026-11-26").unwrap(), 0), 3).is_none());
    }

    #[test]
    fn a_paused_service_meets_never_and_one_without_days_says_so() {
        let (from, to) = (Day::parse("2026-11-01").unwrap(), Day::parse("2026-12-01").unwrap());
        assert_eq!(meetings(&salon("毎週水曜", Status::Paused), from, to).unwrap().len(), 0);
        assert_eq!(meetings(&salon("毎週水曜", Status::Active), from, to).unwrap().len(), 4);
        assert!(meetings(&salon("不定期", Status::Active), from, to).is_err());
    }
}
