//! The request fields that all lists of knowledge share.

use chancery_proto::brief::v1::{AsOfClock, AsOfMoment};
use chancery_proto::names::ResourceId;
use chancery_store::knowledge::{AsOf, Clock, KnowledgeQuery, ListedPart};
use prost::Message;
use tonic::Status;

use crate::rpc::errors::unknown_value;
use crate::rpc::fields::{required, time};
use crate::rpc::pagination::{Page, PageSeal, fitting};

/// The list fields of a request.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListFields<'a> {
    /// Identifies the list in page tokens.
    pub(crate) list: &'static str,
    pub(crate) parent: &'a str,
    pub(crate) filter: &'a str,
    pub(crate) order_by: &'a str,
    pub(crate) page_size: i32,
    pub(crate) page_token: &'a str,
    pub(crate) as_of: Option<&'a AsOfMoment>,
    pub(crate) at_least: &'a str,
}

/// Collects the list fields of a request; their names are the same in all requests.
macro_rules! list_fields {
    ($list:literal, $request:expr) => {
        crate::knowledge::list_query::ListFields {
            list: $list,
            parent: &$request.parent,
            filter: &$request.filter,
            order_by: &$request.order_by,
            page_size: $request.page_size,
            page_token: &$request.page_token,
            as_of: $request.as_of.as_ref(),
            at_least: &$request.at_least,
        }
    };
}
pub(crate) use list_fields;

/// A checked query for one page of a list.
#[derive(Debug)]
pub(crate) struct ListQuery<'a> {
    pub(crate) workspace: ResourceId,
    pub(crate) as_of: Option<AsOf>,
    pub(crate) page: Page,
    filter: &'a str,
    order_by: &'a str,
}

impl<'a> ListQuery<'a> {
    /// Checks the fields. A page token is valid for one list, filter, order and moment. It is sealed, because a position in
    /// a brief counts withheld parts.
    pub(crate) fn read(
        workspace: ResourceId,
        seal: PageSeal,
        fields: ListFields<'a>,
    ) -> Result<Self, Status> {
        let ListFields { list, filter, order_by, page_size, page_token, .. } = fields;
        let as_of = as_of(fields.as_of)?;
        let query = format!("{list} of {workspace}, filter {filter:?}, order {order_by:?}, as of {as_of:?}");
        let page = Page::read_sealed(seal, query, page_size, page_token)?;
        Ok(Self { workspace, as_of, page, filter, order_by })
    }

    /// Returns the store's form of the query.
    pub(crate) fn for_store(&self) -> KnowledgeQuery<'_> {
        KnowledgeQuery {
            workspace: &self.workspace,
            filter: self.filter,
            order_by: self.order_by,
            as_of: self.as_of,
            after: self.page.after.as_deref(),
            limit: self.page.limit(),
        }
    }

    /// Truncates the store's results to the page, and returns the token of the next page.
    pub(crate) fn cut<T: Message>(&self, mut found: Vec<ListedPart<T>>) -> (Vec<ListedPart<T>>, String) {
        let size = fitting(&found, |found| found.part.encoded_len());
        let token = self.page.cut_at(&mut found, size, |found| found.page_key.clone());
        (found, token)
    }
}

/// Converts a request's moment; `None` for now.
pub(crate) fn as_of(moment: Option<&AsOfMoment>) -> Result<Option<AsOf>, Status> {
    let Some(moment) = moment else { return Ok(None) };
    let given = required("as_of.time", moment.time.as_ref())?;
    let clock = match AsOfClock::try_from(moment.clock) {
        Ok(AsOfClock::Unspecified | AsOfClock::Published) => Clock::Published,
        Ok(AsOfClock::Recorded) => Clock::Recorded,
        Err(_) => return Err(unknown_value("as_of.clock", "AsOfClock")),
    };
    Ok(Some(AsOf { time: time("as_of.time", given)?, clock }))
}
