#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "core/address.hpp"
#include "staging/s3.hpp"

namespace gridmill::staging {

/// What came of an attempt to get a file.
struct Downloaded {
  enum class What { whole, same, nothing };

  What what = What::nothing;
  std::string etag = {};  // of what came whole
};

/// Gets what lies at an address into a file, unless it is what has that ETag (empty: nothing has). Goes on where the
/// file ends, if it is of the same contents: their ETag stands beside it ("<file>.etag"). Checksums are compared
/// (fetch). Errors: as fetch.
Downloaded download(const core::Address& address, const std::string& known_etag, const std::filesystem::path& file,
                    S3& s3, const std::function<void(std::string_view)>& say);

}  // namespace gridmill::staging
