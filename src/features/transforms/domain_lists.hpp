#pragma once

#include <span>
#include <string_view>

/// Lists of our own choice, from what is generally known. Featuretools ships others (a list of 4,466 providers of free
/// mailboxes, ISC; one of 251 top-level domains): results differ for rare names.
namespace gridmill::features::transforms {

/// Returns domains of public providers of free mailboxes, sorted.
std::span<const std::string_view> free_email_domains();

/// Returns common top-level domains without their point, longer ones first.
std::span<const std::string_view> top_level_domains();

}  // namespace gridmill::features::transforms
