//! `delete` and `undelete`: deletes and restores briefs.

use chancery_proto::brief::v1::{DeleteBriefRequest, UndeleteBriefRequest};

use crate::args::Global;
use crate::args::lifecycle::BriefArg;
use crate::connection::connect;
use crate::names;
use crate::ui::failure::Failure;
use crate::ui::output;
use crate::ui::text::time;

pub async fn delete(global: &Global, arguments: &BriefArg) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?.to_string();
    let request = DeleteBriefRequest { name, ..DeleteBriefRequest::default() };
    let brief = connect(global).await?.delete_brief(request).await?;
    output::response(global.json, &brief, || {
        let purge_time = time(brief.purge_time.as_ref());
        format!("{}: deleted; `undelete` restores it until {purge_time}\n", brief.name)
    })
}

pub async fn undelete(global: &Global, arguments: &BriefArg) -> Result<(), Failure> {
    let name = names::brief(&global.workspace, &arguments.name)?.to_string();
    let request = UndeleteBriefRequest { name, ..UndeleteBriefRequest::default() };
    let brief = connect(global).await?.undelete_brief(request).await?;
    output::response(global.json, &brief, || format!("{}: restored\n", brief.name))
}
