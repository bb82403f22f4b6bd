//! Fields grouped by their trends.

use chancery_proto::brief::v1::{BriefContent, Domain, Trend};

use crate::compose::signs::Sign;

/// The trends in the order of their groups.
const TRENDS: [Trend; 5] = [Trend::Rising, Trend::Mixed, Trend::Steady, Trend::Falling, Trend::Unknown];

/// The fields of one trend, each with its earlier trend if the earlier revision has the field.
pub(super) struct TrendGroup<'a> {
    pub(super) trend: Trend,
    pub(super) fields: Vec<(&'a Domain, Option<Trend>)>,
}

impl TrendGroup<'_> {
    /// Returns the earlier trend that all fields share.
    pub(super) fn shared_earlier(&self) -> Option<Trend> {
        let (_, first) = self.fields.first()?;
        self.fields.iter().all(|(_, earlier)| earlier == first).then_some(*first)?
    }
}

/// Groups the fields of a brief by trend; groups without fields are omitted.
pub(super) fn trend_groups<'a>(
    content: &'a BriefContent,
    earlier: Option<&BriefContent>,
) -> Vec<TrendGroup<'a>> {
    let earlier_trend = |domain: &Domain| {
        let before = earlier?.domains.iter().find(|of| of.id == domain.id)?;
        Some(known(before.trend()))
    };
    let group = |trend| {
        let fields = content.domains.iter().filter(|domain| known(domain.trend()) == trend);
        TrendGroup { trend, fields: fields.map(|domain| (domain, earlier_trend(domain))).collect() }
    };
    TRENDS.into_iter().map(group).filter(|group| !group.fields.is_empty()).collect()
}

/// A trend that is not stated is unknown.
fn known(trend: Trend) -> Trend {
    if trend == Trend::Unspecified { Trend::Unknown } else { trend }
}

/// Returns the sign of a trend, filled for the present one and hollow for an earlier one. An unknown trend has none.
pub(super) const fn sign_of(trend: Trend, is_present: bool) -> Option<Sign> {
    Some(match (trend, is_present) {
        (Trend::Rising, true) => Sign::Rising,
        (Trend::Rising, false) => Sign::WasRising,
        (Trend::Mixed, true) => Sign::Mixed,
        (Trend::Mixed, false) => Sign::WasMixed,
        (Trend::Steady, true) => Sign::Steady,
        (Trend::Steady, false) => Sign::WasSteady,
        (Trend::Falling, true) => Sign::Falling,
        (Trend::Falling, false) => Sign::WasFalling,
        (Trend::Unspecified | Trend::Unknown, _) => return None,
    })
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::{BriefContent, Domain, Trend};

    use super::{TrendGroup, trend_groups};

    fn domains(trends: &[(&str, Trend)]) -> BriefContent {
        let domain = |(id, trend): &(&str, Trend)| Domain {
            id: (*id).to_owned(),
            trend: *trend as i32,
            ..Domain::default()
        };
        BriefContent { domains: trends.iter().map(domain).collect(), ..BriefContent::default() }
    }

    #[test]
    fn fields_are_grouped_by_trend_in_the_order_of_the_columns_with_their_earlier_trends() {
        use Trend::{Falling, Mixed, Rising, Steady, Unknown, Unspecified};
        let now =
            domains(&[("a", Falling), ("b", Rising), ("c", Falling), ("d", Unspecified), ("e", Unknown)]);
        let before =
            domains(&[("a", Rising), ("b", Mixed), ("d", Unknown), ("e", Unspecified), ("f", Steady)]);
        let groups = trend_groups(&now, Some(&before));
        let ids: Vec<(Trend, Vec<&str>)> = groups
            .iter()
            .map(|group| (group.trend, group.fields.iter().map(|(domain, _)| domain.id.as_str()).collect()))
            .collect();
        assert_eq!(ids, [(Rising, vec!["b"]), (Falling, vec!["a", "c"]), (Unknown, vec!["d", "e"])]);
        let shared: Vec<Option<Trend>> = groups.iter().map(TrendGroup::shared_earlier).collect();
        assert_eq!(shared, [Some(Mixed), None, Some(Unknown)]);
        assert!(trend_groups(&now, None).iter().all(|group| group.shared_earlier().is_none()));
    }
}
