//! What it means: one file, one question. Pure.

mod basis;
mod brought;
mod change_words;
mod changed;
mod costs;
mod coverage;
mod district;
mod gait;
mod gaps;
mod imagined;
mod indicators;
mod itinerary;
mod meetings;
mod near;
mod nearby;
mod outing;
mod provider;
mod quality;
mod quantile;
mod question;
mod ratings;
mod reachable;
mod report;
mod round_trip;
mod scenario;
mod seats;
mod services;
mod siting;
mod straight;
mod tally;
mod taxi_people;
mod transit_poor;
mod travel_times;
mod verify;
mod walkers;
mod what_if;
mod when;

pub use brought::brought;
pub use changed::changed;
pub use coverage::{AreaRow, Coverage, KindShare, coverage};
pub use district::{District, Lacking, PeopleOf, district};
pub use gaps::{Gap, Gaps, Reason, Remedy, gaps};
pub use indicators::{
    Catchment, CatchmentRow, DailyLife, DailyRow, DaysPerWeek, DaysRow, Density, DensityRow, Frequent, FreshRow, Freshness,
    HalfOfNeighbourhoods, HalfRow, Induction, InsideRow, MobileRow, MobileShops, catchment, daily_life, days_per_week, density,
    freshness, half_of_neighbourhoods, half_rating, induction, mobile_shops,
};
pub use itinerary::{BookingWords, Errand, Itineraries, Itinerary, LegWords, TaxiFacts, itineraries, walk_path};
pub use meetings::{Meeting, Month, meetings, month, next_meeting};
pub use nearby::{Hub, Near, Nearby, Next, Walk, Wish, hub, middle, nearby, one, standing};
pub use outing::{Outing, Stay, ThereAndBack, outing};
pub use provider::{ProviderReach, ProviderRow, provider_reach};
pub use quality::{Alike, Known, Quality, Record, Twins, quality, twins};
pub use quantile::weighted_quantiles;
pub use question::{Question, QuestionError, RawQuestion};
pub use ratings::{Suggested, ratings};
pub use reachable::{Reachable, around, nearest_distances, nearest_of, walks_to_kind};
pub use report::{Indicator, indicators};
pub use round_trip::{RoundTrip, round_trip, slot};
pub use scenario::{Change, Scenario};
pub use services::{AreaServices, ServiceShare, area_services};
pub use siting::{Aim, Candidate, Siting, choose, public_rooms, siting};
pub use transit_poor::{TransitPoor, transit_poor};
pub use travel_times::{TravelTimes, times_to_kind, travel_times};
pub use verify::{FreshArea, ToVerify, fresh_areas, oldest_group, to_verify};
pub use walkers::{ByWalker, WalkerRow, WalkerShare, by_walker};
pub use what_if::{ChangedRow, WhatIf, what_if};
pub use when::{Mode, Stat, Visit, When};
