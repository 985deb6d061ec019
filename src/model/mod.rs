//! What exists: places, services, areas, cells and the words for them. No I/O, no async, no clock.

mod address;
mod area;
mod basis;
mod batch;
mod cell;
mod contents;
mod demand_service;
mod elevation;
mod faults;
mod feed;
mod figure;
mod geometry;
mod indicator;
mod kind;
mod merge;
pub mod mesh;
mod note;
mod office;
mod osm;
mod place;
mod policy;
mod privacy;
mod public;
mod revision;
mod rule;
mod schedule;
mod service;
mod words;

pub use address::{house_numbers, plain_address, prefecture_of, split_prefecture};
pub use area::{Area, AreaType, district_key};
pub use basis::{Basis, Vintage};
pub use batch::{Batch, Dataset, FileReport, Finding, Outcome, Severity};
pub use cell::{AddressPoint, AgeGroup, Cell, Population};
pub use contents::{Contents, StoredDataset};
pub use demand_service::{Booking, DemandLeg, DemandService, Spots};
pub use elevation::{Effort, Heights, NO_HEIGHT, SlopeRule, coded_height, height_metres};
pub use faults::{Fault, faults, schedule_reading, tidy};
pub use feed::{
    Calendar, Day, Feed, FeedStop, NO_ALIGHTING, NO_BOARDING, Route, Seconds, StopTime, TransferRule, Trip, clock, parse_clock,
};
pub use figure::Figure;
pub use geometry::{Bounds, LonLat, ground_metres, metres_per_degree};
pub use indicator::{Giving, IndicatorRule, Measured};
pub use kind::{Kind, KindId, KindNeed, kind_by_code, kind_from_words, kinds, kinds_of_mhlw};
pub use merge::{Conflict, merge_places};
pub use note::{Note, NoteKind};
pub use office::{Account, Publication, Role, Suggestion};
pub use osm::{BaseFeature, BaseGeometry, BaseLayer, OsmExtract, RawWay, WayClass, WayFlags};
pub use place::{GeocodeLevel, Place};
pub use policy::{Policy, StaffField, Verify, policy};
pub use privacy::{home_area, home_point};
pub use public::PublicService;
pub use revision::{Entry, Filed, PastChange, Revision};
pub use rule::{
    DemandRule, Limits, NetworkRule, Rule, Rules, TaxiRule, TransitPoorRule, TransitRule, VisitRule, WalkerRule, rules,
};
pub use schedule::{Schedule, Unclear, from_japanese, holiday, holidays};
pub use service::{Field, Service, Status, Visibility};
pub use words::{fold, narrow, search_key, town_key, yes_or_no};
