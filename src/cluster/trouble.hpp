#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gridmill::cluster {

/// What went wrong at AWS, in words, and what to do.
struct Trouble {
  std::string what;
  std::string hint;
};

/// Reads what terraform says when it fails: a permission that is missing (named), a quota, no capacity, credentials,
/// the bucket, the clock, a value that it refuses, no network. Of several troubles the one that must be mended first.
///
/// Returns terraform's own first sentence for what is not known; nothing where it names no error.
/// Source: error codes of the EC2, Auto Scaling, IAM, S3 and STS API references; wording of Terraform 1.11.
std::optional<Trouble> trouble_in(std::string_view terraform_text);

/// The same of any text, such as the words of ssh; nothing for what is not known. `text` may be broken into lines
/// anywhere between words.
std::optional<Trouble> known_trouble_in(std::string_view text);

}  // namespace gridmill::cluster
