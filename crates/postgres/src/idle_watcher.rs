//! Ends a server that nobody uses any more and nobody stopped: its users were killed, or meant it to linger.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use crate::binaries::Binaries;
use crate::home::Home;

/// Each user writes its process id into `users.lock` and keeps that locked. When the id has stayed the same over some
/// rounds, and neither lock is held, nobody is there. Both locks are held during the stop, so a newcomer waits and then
/// starts the server again. (Arguments: folder, `pg_ctl`, seconds a round, folder of the
/// socket.)
const WATCH: &str = r#"
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

/// Starts the watch unless one runs already. It is a convenience: where it cannot start, only the last user to leave
/// stops the server.
pub(crate) fn start(home: &Home, binaries: &Binaries, socket_folder: &Path, grace: Duration) {
    let round = grace.as_secs_f64() / 4.0;
    // `flock -n` leaves at once when another watch holds the lock.
    let _ = home
        .account
        .command("flock")
        .arg("-n")
        .arg(home.folder.join("watch.lock"))
        .args(["sh", "-c", WATCH, "sh"])
        .arg(&home.folder)
        .arg(binaries.pg_ctl())
        .arg(format!("{round:.2}"))
        .arg(socket_folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // Ctrl-C and test runners end whole process groups; the watch is there for just that case.
        .process_group(0)
        .spawn();
}
