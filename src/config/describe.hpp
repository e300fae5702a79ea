#pragma once

#include <string>
#include <string_view>

namespace gridmill::config {

/// Returns the reference text of a topic, ending with a line feed: an option by its path ("search.cv") or, where
/// that is clear, by its last word ("cv", "C"); a section ("data"); a model ("svc"); a metric ("f1_macro");
/// a primitive ("skew");
/// "models", "metrics", "primitives", "aggregations", "transforms", "options"; the list of all topics for "".
/// Errors: UserError with the nearest topics for an unknown one.
std::string describe(std::string_view topic);

/// Returns the reference text of an aggregation or transform by its name, of both where both have it. Errors: as
/// describe.
std::string describe_primitive(std::string_view name);

}  // namespace gridmill::config
