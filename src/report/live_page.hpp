#pragma once

#include <string>
#include <string_view>

namespace gridmill::report {

/// Returns the page that follows a run while it works, as one HTML file. It asks for `events` beside itself, a stream
/// of server-sent events with a line of events.jsonl each, and goes to `report` when an event `end` comes; both with
/// the `token` of its own address. `nonce`: letters and digits that its script carries, for the server's content
/// policy.
std::string live_page(std::string_view title, std::string_view nonce);

}  // namespace gridmill::report
