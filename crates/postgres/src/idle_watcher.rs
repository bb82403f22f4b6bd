//! Stops a server that no process uses any more, because its users were killed or left it running.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::binaries::Binaries;
use crate::home::Home;

/// Each user writes its process id to `users.lock` and keeps the file locked. The server is unused if the id has not
/// changed for some rounds and neither lock is held. Holding both locks during the stop makes a new user wait and then
/// start the server again. Arguments: folder, `pg_ctl`, seconds per round, folder of the socket.
const WATCHER_SCRIPT: &str = r#"
cd "$1" || exit
last= rounds=0
while sleep "$3"; do
  [ -e data/postmaster.pid ] || exit 0
  user=$(cat users.lock)
  if [ "$user" != "$last" ]; then last=$user rounds=0; continue; fi
  rounds=$((rounds + 1))
  [ "$rounds" -ge 4 ] || continue
  if flock -n start.lock flock -n users.lock "$2" stop -s -m fast -D "$1/data"; then
    rmdir "$4"
    exit 0
  fi
done
"#;

/// Starts the watcher unless one is running. A failure is ignored: without the watcher, only the last user to leave stops
/// the server.
pub(crate) fn start(home: &Home, binaries: &Binaries, socket_folder: &Path, grace: Duration) {
    let round = grace.as_secs_f64() / 4.0;
    // `flock -n` exits at once if another watcher holds the lock.
    let _ = home
        .account
        .command("flock")
        .arg("-n")
        .arg(home.folder.join("watch.lock"))
        .args(["sh", "-c", WATCHER_SCRIPT, "sh"])
        .arg(&home.folder)
        .arg(binaries.pg_ctl())
        .arg(format!("{round:.2}"))
        .arg(socket_folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // In its own process group, because the watcher must survive Ctrl-C and test runners that kill process groups.
        .process_group(0)
        .spawn();
}
