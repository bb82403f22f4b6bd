//! The names of an enum's values, for messages that reject a number.

use std::any::type_name;

use chancery_proto::descriptors::enum_values;

/// Lists the names that JSON and text formats take for a generated enum, for a message.
pub(crate) fn value_names<E>() -> String {
    let name = type_name::<E>();
    enum_values(name.rsplit("::").next().unwrap_or(name)).join(", ")
}

#[cfg(test)]
mod tests {
    use chancery_proto::brief::v1::RelationshipPolarity;

    use super::value_names;

    #[test]
    fn every_value_but_the_unspecified_one_is_named() {
        let expected = "RELATIONSHIP_POLARITY_SUPPORTIVE, RELATIONSHIP_POLARITY_ADVERSE, \
                        RELATIONSHIP_POLARITY_MIXED, RELATIONSHIP_POLARITY_NEUTRAL";
        assert_eq!(value_names::<RelationshipPolarity>(), expected);
    }
}
