//! Figures by year about something that is not always an area: riders of a demand-taxi zone, counts of an action plan.

use serde::{Deserialize, Serialize};

/// One figure of one fiscal year.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// What it is about, as written: 松尾東・北校区.
    pub subject: String,
    /// What was counted: デマンドタクシー利用者数.
    pub measure: String,
    /// In what: 人, か所, 件. Two units are never compared.
    pub unit: String,
    /// Fiscal year, April to March.
    pub year: u16,
    /// The figure.
    pub value: f64,
}
