//! Indicators of a plan, one file each.

mod catchment;
mod daily_life;
mod days;
mod density;
mod freshness;
mod induction;
mod mobile_shops;
mod neighbourhoods;

pub use catchment::{Catchment, CatchmentRow, catchment};
pub use daily_life::{DailyLife, DailyRow, Frequent, daily_life};
pub use days::{DaysPerWeek, DaysRow, days_per_week};
pub use density::{Density, DensityRow, density};
pub use freshness::{FreshRow, Freshness, freshness};
pub use induction::{Induction, InsideRow, induction};
pub use mobile_shops::{MobileRow, MobileShops, mobile_shops};
pub use neighbourhoods::{HalfOfNeighbourhoods, HalfRow, half_of_neighbourhoods, half_rating};
