//! What a resident finds near her home: services by minutes on foot, when each meets next, and who looks after her district.

use super::meetings::{Meeting, next_meeting};
use super::{Question, QuestionError, RawQuestion, around};
use crate::atlas::{Atlas, Site};
use crate::model::{
    AreaType, Bounds, Day, KindId, KindNeed, LonLat, PublicService, Seconds, Status, district_key, ground_metres, kind_by_code,
    policy,
};
use geo::InteriorPoint;

/// When it is the next time.
#[derive(Debug, Clone)]
pub enum Next<'a> {
    /// It meets then.
    Meets(Meeting<'a>),
    /// Always there, or its hours are not for a list to say.
    Open,
    /// Nobody has written it clearly enough.
    Unclear,
    /// Not within the days the policy looks ahead.
    None,
    /// 休止.
    Paused,
}

/// The walk to a service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Walk {
    /// Metres on the streets; with slopes and steps these are metres of effort.
    pub metres: f64,
    /// Minutes.
    pub minutes: f64,
}

/// A service near a home.
#[derive(Debug, Clone)]
pub struct Near<'a> {
    /// The service.
    pub service: &'a PublicService,
    /// Where it stands; nothing for 位置未確定.
    pub point: Option<LonLat>,
    /// The walk there; nothing where no street leads, or no home is known.
    pub walk: Option<Walk>,
    /// When.
    pub next: Next<'a>,
}

/// What there is near a home.
#[derive(Debug, Default)]
pub struct Nearby<'a> {
    /// Within the minutes asked for, nearest first, as many as are shown.
    pub near: Vec<Near<'a>>,
    /// How many there are in all.
    pub count: usize,
    /// If nothing is: the nearest of what is farther away.
    pub beyond: Vec<Near<'a>>,
    /// 休止 within the same distance.
    pub paused: Vec<Near<'a>>,
    /// No street is near: distances are not known.
    pub off_street: bool,
}

/// What is asked.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Kinds.
    pub kinds: Vec<KindId>,
    /// Minutes on foot.
    pub minutes: f64,
    /// Only what meets that day, or may.
    pub on: Option<Day>,
    /// Today, and seconds from its midnight.
    pub now: (Day, Seconds),
    /// How many are shown.
    pub shown: usize,
}

impl Wish {
    fn next<'a>(&self, service: &'a PublicService, site: Option<&Site>) -> Next<'a> {
        if service.status != Status::Active {
            return Next::Paused;
        }
        let schedule = site
            .and_then(|s| s.schedule.clone())
            .or_else(|| crate::model::Schedule::from_words(service.schedule.as_deref()?).ok());
        let from = self.on.map_or(self.now, |day| (day, if day == self.now.0 { self.now.1 } else { 0 }));
        match schedule {
            Some(s) => next_meeting(service, &s, from, if self.on.is_some() { 1 } else { policy().calendar.ahead_days })
                .map_or(Next::None, Next::Meets),
            None if service.kind.kind().schedule == KindNeed::Required => Next::Unclear,
            None => Next::Open,
        }
    }

    /// Whether it is for the list of a day: what meets that day, and what nobody knows not to.
    fn wanted(&self, near: &Near) -> bool {
        self.on.is_none() || !matches!(near.next, Next::None)
    }

    fn question(&self, atlas: &Atlas, kinds: &[KindId]) -> Result<Question, QuestionError> {
        let codes = kinds.iter().map(|k| k.code()).collect::<Vec<_>>().join(",");
        let raw = RawQuestion { kind: Some(codes), minutes: Some(self.minutes), ..RawQuestion::default() };
        Question::new(&raw, atlas, self.now.0)
    }
}

/// What there is near a home.
///
/// # Errors
/// If the minutes are out of range.
pub fn nearby<'a>(atlas: &'a Atlas, home: LonLat, wish: &Wish) -> Result<Nearby<'a>, QuestionError> {
    let mut q = wish.question(atlas, &wish.kinds)?;
    let walked = atlas.walked(q.effort);
    let mut found = Nearby::default();
    let near = |site: &'a Site, walk: Option<Walk>| Near {
        service: &site.service,
        point: Some(site.point),
        walk,
        next: wish.next(&site.service, Some(site)),
    };
    let minutes = |q: &Question, mm: u32| Walk { metres: f64::from(mm) / 1000.0, minutes: q.walker.minutes(mm) };
    // sites of the walked picture are those of this one, joined to other streets
    let site = |id: u32| atlas.sites.all[id as usize].as_ref();
    match around(walked, home, &q) {
        // the next meeting of what is not shown is not looked for, unless a day decides what is
        Some(all) if wish.on.is_none() => {
            found.count = all.len();
            found.near.extend(all.iter().take(wish.shown).map(|r| near(site(r.id), Some(minutes(&q, r.mm)))));
        }
        Some(all) => {
            let mut on = all.iter().map(|r| near(site(r.id), Some(minutes(&q, r.mm)))).filter(|n| wish.wanted(n));
            found.near.extend(on.by_ref().take(wish.shown));
            found.count = found.near.len() + on.count();
        }
        None => found.off_street = true,
    }
    if found.near.is_empty() && !found.off_street {
        q.limit_mm = q.far_mm();
        let all = around(walked, home, &q).unwrap_or_default();
        let all = all.iter().map(|r| near(site(r.id), Some(minutes(&q, r.mm)))).filter(|n| wish.wanted(n));
        found.beyond.extend(all.take(FEW));
    }
    if found.near.is_empty() && found.beyond.is_empty() {
        let nearest = wish.kinds.iter().filter_map(|k| atlas.sites.nearest_straight(*k, home));
        let mut nearest: Vec<(f64, u32)> = nearest.map(|(id, metres)| (metres, id)).collect();
        nearest.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        found.beyond.extend(nearest.into_iter().take(FEW).map(|(_, id)| near(site(id), None)));
    }
    let far = Bounds::of([home]).grown(q.straight_metres(q.limit_mm.min(q.threshold_mm)));
    let paused = |s: &&'a std::sync::Arc<Site>| {
        far.contains(s.point) && s.service.status == Status::Paused && wish.kinds.contains(&s.service.kind)
    };
    let mut paused: Vec<&'a Site> = atlas.sites.all.iter().filter(paused).map(AsRef::as_ref).collect();
    paused.sort_by(|a, b| ground_metres(home, a.point).total_cmp(&ground_metres(home, b.point)));
    found.paused.extend(paused.into_iter().take(FEW).map(|s| near(s, None)));
    Ok(found)
}

/// How many of what is not asked for outright are told.
const FEW: usize = 5;

/// What stands in a district, where no home is known: what meets soonest first; what is 位置未確定 is not in it.
pub fn standing<'a>(atlas: &'a Atlas, area: i64, wish: &Wish) -> Option<Nearby<'a>> {
    let (index, area) = atlas.area(area)?;
    let of = |s: &'a Site| Near { service: &s.service, point: Some(s.point), walk: None, next: wish.next(&s.service, Some(s)) };
    let inside = atlas.standing(index, area).filter(|s| wish.kinds.contains(&s.service.kind));
    let all = inside.filter(|s| s.service.status != Status::Ended).map(of).filter(|n| wish.wanted(n));
    let (paused, mut near): (Vec<_>, Vec<_>) = all.partition(|n| matches!(n.next, Next::Paused));
    let when = |n: &Near| match &n.next {
        Next::Meets(m) => (0, m.day.0, m.hours),
        Next::Open => (1, 0, None),
        _ => (2, 0, None),
    };
    near.sort_by_key(|n| (when(n), n.service.id));
    let count = near.len();
    near.truncate(wish.shown);
    Some(Nearby { near, count, paused, ..Nearby::default() })
}

/// One service and the walk to it.
///
/// # Errors
/// As for [`nearby`].
pub fn one<'a>(atlas: &'a Atlas, id: i64, home: Option<LonLat>, wish: &Wish) -> Result<Option<Near<'a>>, QuestionError> {
    let found = atlas.sites.services().enumerate().find(|(_, s)| s.id == id && s.status != Status::Ended);
    let Some((at, service)) = found else { return Ok(None) };
    let site = atlas.sites.all.get(at).map(AsRef::as_ref);
    let mut near = Near { service, point: site.map(|s| s.point), walk: None, next: wish.next(service, site) };
    if let (Some(home), Some(_)) = (home, site) {
        let mut q = wish.question(atlas, &[service.kind])?;
        q.limit_mm = q.far_mm();
        let all = around(atlas.walked(q.effort), home, &q).unwrap_or_default();
        let reached = all.iter().find(|r| r.id as usize == at);
        near.walk = reached.map(|r| Walk { metres: f64::from(r.mm) / 1000.0, minutes: q.walker.minutes(r.mm) });
    }
    Ok(Some(near))
}

/// Her ささえりあ.
#[derive(Debug)]
pub struct Hub<'a> {
    /// It.
    pub service: &'a PublicService,
    /// It looks after her district, as its list or the 日常生活圏域 says; else it is only the nearest.
    pub responsible: bool,
}

/// The middle of a district, to ask who looks after it.
pub fn middle(atlas: &Atlas, area: i64) -> Option<LonLat> {
    let (index, area) = atlas.area(area)?;
    let p = index.areas[area as usize].geometry.as_ref()?.interior_point()?;
    Some(LonLat::new(p.x(), p.y()))
}

/// Who looks after a place: the ささえりあ whose list names its district, else the one in the same 日常生活圏域, else the nearest.
pub fn hub(atlas: &Atlas, home: LonLat) -> Option<Hub<'_>> {
    let kind = kind_by_code("hub")?;
    let all = || atlas.sites.of_kind(kind).iter().map(|id| atlas.sites.all[*id as usize].as_ref());
    let unlocated = atlas.sites.unlocated.iter().filter(|s| s.kind == kind && s.status == Status::Active);
    let names = |t: AreaType| {
        atlas
            .areas
            .get(&t)
            .into_iter()
            .flat_map(move |index| index.at(home).into_iter().map(move |a| index.areas[a as usize].name.as_str()))
    };
    let districts: Vec<&str> = [AreaType::ElementaryDistrict, AreaType::JuniorHighDistrict].into_iter().flat_map(names).collect();
    let named = |s: &PublicService| {
        let serves: Vec<&str> = s.serves.as_deref().unwrap_or_default().split(['、', ',', '・', ' ', '　', '/']).collect();
        districts.iter().any(|d| serves.iter().any(|w| !w.is_empty() && district_key(w) == district_key(d)))
    };
    let same_area = |s: &&Site| {
        let Some(index) = atlas.areas.get(&AreaType::LivingArea) else { return false };
        index.at(home).into_iter().any(|a| index.contains(a, s.point))
    };
    let responsible =
        all().map(|s| &s.service).chain(unlocated).find(|s| named(s)).or_else(|| all().find(same_area).map(|s| &s.service));
    if let Some(service) = responsible {
        return Some(Hub { service, responsible: true });
    }
    let (id, _) = atlas.sites.nearest_straight(kind, home)?;
    Some(Hub { service: &atlas.sites.all[id as usize].service, responsible: false })
}
