#pragma once

namespace gridmill::cli {

/// Sees to it that stdin, stdout and stderr are there, before any file is opened: the next file would take the place of
/// one that is closed, and be written to in its stead. A closed stdout stays one that cannot be written.
void open_standard_streams();

/// Has writes that are refused fail instead of ending the process: beyond the limit on a file's size (SIGXFSZ) always,
/// into a pipe that nobody reads (SIGPIPE) from `keep_on_without_readers` on.
void survive_refused_writes();
void keep_on_without_readers();

}  // namespace gridmill::cli
