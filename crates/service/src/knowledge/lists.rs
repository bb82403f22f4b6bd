//! What lists of knowledge are asked for with: the fields that all of them have.

use chancery_proto::brief::v1::{AsOfClock, AsOfMoment};
use chancery_proto::names::ResourceId;
use chancery_store::knowledge::{AsOf, Clock, KnowledgeQuery, ListedPart};
use prost::Message;
use tonic::Status;

use crate::rpc::errors::invalid_field;
use crate::rpc::fields::{required, time};
use crate::rpc::pagination::{Page, PageSeal};

/// An answer ends when its parts are this long, whatever its size.
const ANSWER_BYTES: usize = 4 * 1024 * 1024;

/// The fields of a request for a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListFields<'a> {
    /// What is listed.
    pub(crate) what: &'static str,
    pub(crate) parent: &'a str,
    pub(crate) filter: &'a str,
    pub(crate) order_by: &'a str,
    pub(crate) page_size: i32,
    pub(crate) page_token: &'a str,
    pub(crate) as_of: Option<&'a AsOfMoment>,
    pub(crate) at_least: &'a str,
}

/// The fields of a request, which all lists name alike.
macro_rules! list_fields {
    ($what:literal, $request:expr) => {
        crate::knowledge::lists::ListFields {
            what: $what,
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

/// A page of a list, as it was asked for.
#[derive(Debug)]
pub(crate) struct Listed<'a> {
    pub(crate) workspace: ResourceId,
    pub(crate) as_of: Option<AsOf>,
    pub(crate) page: Page,
    filter: &'a str,
    order_by: &'a str,
}

impl<'a> Listed<'a> {
    /// A token must be of the same list, filter, order and moment. It is sealed, because a place in a brief counts what is
    /// withheld.
    pub(crate) fn read(
        workspace: ResourceId,
        seal: PageSeal,
        fields: ListFields<'a>,
    ) -> Result<Self, Status> {
        let ListFields { what, filter, order_by, page_size, page_token, .. } = fields;
        let as_of = as_of(fields.as_of)?;
        let query = format!("{what} of {workspace}, filter {filter:?}, order {order_by:?}, as of {as_of:?}");
        let page = Page::read_sealed(seal, query, page_size, page_token)?;
        Ok(Self { workspace, as_of, page, filter, order_by })
    }

    /// What the store is asked.
    pub(crate) fn query(&self) -> KnowledgeQuery<'_> {
        KnowledgeQuery {
            workspace: &self.workspace,
            filter: self.filter,
            order_by: self.order_by,
            as_of: self.as_of,
            after: self.page.after.as_deref(),
            limit: self.page.limit(),
        }
    }

    /// The page, and the token of the next one.
    pub(crate) fn cut<T: Message>(&self, mut found: Vec<ListedPart<T>>) -> (Vec<ListedPart<T>>, String) {
        let size = fitting(&found, |found| found.part.encoded_len());
        let token = self.page.cut_at(&mut found, size, |found| found.page_key.clone());
        (found, token)
    }
}

/// How many items one answer holds: at least one, however long it is.
pub(crate) fn fitting<T>(items: &[T], length: impl Fn(&T) -> usize) -> usize {
    let mut bytes = 0;
    let fits = |item: &&T| {
        bytes += length(item);
        bytes <= ANSWER_BYTES
    };
    items.iter().take_while(fits).count().max(1)
}

/// The moment of which is asked; none for now.
pub(crate) fn as_of(moment: Option<&AsOfMoment>) -> Result<Option<AsOf>, Status> {
    let Some(moment) = moment else { return Ok(None) };
    let given = required("as_of.time", moment.time.as_ref())?;
    let clock = match AsOfClock::try_from(moment.clock) {
        Ok(AsOfClock::Unspecified | AsOfClock::Published) => Clock::Published,
        Ok(AsOfClock::Recorded) => Clock::Recorded,
        Err(_) => return Err(invalid_field("as_of.clock", "this server does not know the clock")),
    };
    Ok(Some(AsOf { time: time("as_of.time", given)?, clock }))
}
