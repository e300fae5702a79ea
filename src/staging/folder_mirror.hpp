#pragma once

#include <functional>
#include <string>

#include "core/address.hpp"
#include "staging/copies.hpp"
#include "staging/s3.hpp"

namespace gridmill::staging {

/// Objects below a run directory that tell who works there (Claim); they are no files of the run.
inline constexpr const char* kClaims = "claims/";

/// Makes the copy of a folder what lies at its address: what is newer there comes, what was removed there goes. What
/// only this machine has changed since it was last the same stays (a job that was killed before it could send it). A
/// folder in which a job of this machine works (Claim) is left as it is. Returns how many files lie there. Errors: as
/// `fetch`.
std::size_t pull_folder(const core::Address& folder, S3& s3, const Say& say);

/// Sends what has changed in the copy of a folder, and removes there what was removed here. May be called while a job
/// works in it: each object appears whole, and what lies there is at any moment a state in which the job could have
/// been killed here. Journals are sent as they were before the files that they tell of were looked for, and
/// summary.json, which says that all is done, last. Locks and what is unfinished stay here. `may_go_on` is called
/// before each piece, and throws where nothing more is to be sent. Errors: as S3, and what `may_go_on` throws.
void push_folder(const core::Address& folder, S3& s3, const std::function<void()>& may_go_on);

/// Sends a file if it has changed. One that is not here is no error.
void push_file(const core::Address& file, S3& s3);

}  // namespace gridmill::staging
