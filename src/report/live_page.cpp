#include "report/live_page.hpp"

#include <array>
#include <cstddef>
#include <utility>

#include "report/frame.hpp"

extern "C" {
extern const char gridmill_live_page;
extern const char gridmill_live_page_end;
}

namespace gridmill::report {

std::string live_page(std::string_view title, std::string_view nonce) {
  const std::string_view frame{&gridmill_live_page,
                               static_cast<std::size_t>(&gridmill_live_page_end - &gridmill_live_page)};
  const std::string name = escaped(title);
  const std::array<std::pair<std::string_view, std::string_view>, 3> parts{
      {{"@title@", name}, {"@title@", name}, {"@nonce@", nonce}}};
  return filled(frame, parts);
}

}  // namespace gridmill::report
