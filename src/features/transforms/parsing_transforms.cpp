#include <string>
#include <vector>

#include "features/primitive.hpp"
#include "features/transforms/declaration.hpp"

namespace gridmill::features {

namespace {

using namespace transforms;

Primitive from(LogicalType type, std::string name, std::string meaning, Transform kernel = {}) {
  return transform(std::move(name), {{of_type(type)}}, as_category(), std::move(meaning), std::move(kernel));
}

std::vector<Primitive> addresses() {
  return {
      from(LogicalType::email_address, "email_address_to_domain", "What follows the first @, up to the next."),
      transform("is_free_email_domain", {{of_type(LogicalType::email_address)}}, as_nullable_boolean(),
                "Whether the domain of an address belongs to a public provider of mailboxes.", {}),
      from(LogicalType::url, "url_to_domain", "The domain, without www."),
      from(LogicalType::url, "url_to_protocol", "http or https; missing for others."),
      from(LogicalType::url, "url_to_tld", "The last common top-level domain that occurs in the domain."),
      from(LogicalType::postal_code, "one_digit_postal_code", "First character."),
      from(LogicalType::postal_code, "two_digit_postal_code", "First two characters."),
  };
}

std::vector<Primitive> names() {
  return {
      transform("file_extension", {{of_type(LogicalType::filepath)}}, tagged(Tag::category),
                "The extension in lower case, with its point.", {}),
      from(LogicalType::person_full_name, "full_name_to_first_name",
           "First name of \"Dr. Ann Lee\" or \"Lee, Dr. Ann\"."),
      from(LogicalType::person_full_name, "full_name_to_last_name",
           "Last name of \"Dr. Ann Lee\" or \"Lee, Dr. Ann\"."),
      from(LogicalType::person_full_name, "full_name_to_title", "Title of \"Dr. Ann Lee\" or \"Lee, Dr. Ann\"."),
  };
}

}  // namespace

std::vector<Primitive> parsing_transforms() {
  std::vector<Primitive> all = addresses();
  append(all, names());
  return all;
}

}  // namespace gridmill::features
