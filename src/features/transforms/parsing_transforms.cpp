#include <string>
#include <utility>
#include <vector>

#include "features/definitions/primitive.hpp"
#include "features/transforms/declaration.hpp"
#include "features/transforms/parsing_kernels.hpp"
#include "features/transforms/text_parts.hpp"

namespace gridmill::features {

namespace {

using namespace transforms;

Primitive from(std::string name, LogicalType type, std::string meaning, Transform kernel) {
  return transform(std::move(name), {{of_type(type)}}, as_category(), std::move(meaning), std::move(kernel));
}

std::vector<Primitive> addresses() {
  return {
      from("email_address_to_domain", LogicalType::email_address, "What follows the first @, up to the next.",
           part_kernel(email_domain)),
      transform("is_free_email_domain", {{of_type(LogicalType::email_address)}}, as_nullable_boolean(),
                "Whether the domain of an address belongs to a known provider of free mailboxes: "
                "a list of our own of about 150 large ones, where Featuretools has one of 4,466.",
                is_free_email_kernel()),
      from("url_to_domain", LogicalType::url, "The domain, without www.", part_kernel(url_domain)),
      from("url_to_protocol", LogicalType::url, "http or https; missing for others.", part_kernel(url_protocol)),
      from("url_to_tld", LogicalType::url,
           "The last common top-level domain (of a list of our own) that occurs behind a point "
           "in the domain.",
           part_kernel(url_top_level_domain)),
      from("one_digit_postal_code", LogicalType::postal_code, "First character.", prefix_kernel(1)),
      from("two_digit_postal_code", LogicalType::postal_code, "First two characters.", prefix_kernel(2)),
  };
}

std::vector<Primitive> names() {
  return {
      transform("file_extension", {{of_type(LogicalType::filepath)}}, tagged(Tag::category),
                "The extension in lower case, with its point.", part_kernel(file_extension)),
      from("full_name_to_first_name", LogicalType::person_full_name,
           "First name of \"Dr. Ann Lee\" or \"Lee, Dr. Ann\".", part_kernel(first_name)),
      from("full_name_to_last_name", LogicalType::person_full_name, "Last name of \"Dr. Ann Lee\" or \"Lee, Dr. Ann\".",
           part_kernel(last_name)),
      from("full_name_to_title", LogicalType::person_full_name, "Title of \"Dr. Ann Lee\" or \"Lee, Dr. Ann\".",
           part_kernel(name_title)),
  };
}

}  // namespace

std::vector<Primitive> parsing_transforms() {
  std::vector<Primitive> all = addresses();
  append(all, names());
  return all;
}

}  // namespace gridmill::features
