#include "jobs/search/kept_fit_files.hpp"

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "io/files/atomic_file.hpp"
#include "io/files/checksum.hpp"
#include "jobs/run/own_files.hpp"

namespace gridmill::jobs {

namespace fs = std::filesystem;

namespace {

constexpr double kInterval = 60;      // [s]
constexpr double kWorthKeeping = 2;   // [s], of a fit that is given up
constexpr std::size_t kHeading = 17;  // [bytes]: the checksum and a line feed

/// Tests do not wait for a minute.
double interval() {
  const char* text = std::getenv("GRIDMILL_KEEP_FITS_EVERY");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return text == nullptr ? kInterval : std::strtod(text, nullptr);
}

std::string sealed(std::string_view state) { return fmt::format("{:016x}\n{}", io::checksum(state), state); }

/// Returns what was sealed; nothing where the file is not there or not whole.
std::string unsealed(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return {};
  const std::string bytes{std::istreambuf_iterator<char>(in), {}};
  if (bytes.size() < kHeading) return {};
  std::string state = bytes.substr(kHeading);
  return sealed(state) == bytes ? state : std::string();
}

}  // namespace

KeptFitFiles::KeptFitFiles(fs::path run, const search::SearchPlan& plan, std::uint64_t search,
                           const std::atomic<bool>* stop)
    : run_(std::move(run)), keys_(plan), search_(search), stop_(stop), interval_s_(interval()) {}

fs::path KeptFitFiles::file_of(std::size_t candidate, std::optional<std::size_t> fold) {
  const FitKey key = fold ? keys_.of({candidate, *fold}) : keys_.of_candidate(candidate);
  const std::uint64_t whole = io::checksum(fmt::format("{:016x} {:016x} {}", search_, key, fold ? "fold" : "all rows"));
  return run_ / kParts / fmt::format("fit-{:016x}", whole);
}

std::string KeptFitFiles::find(std::size_t candidate, std::optional<std::size_t> fold) {
  fs::path file = file_of(candidate, fold);
  std::error_code ignored;
  if (!at_work_.empty() && at_work_ != file) fs::remove(at_work_, ignored);  // its result is on its way
  at_work_ = std::move(file);
  return unsealed(at_work_);
}

bool KeptFitFiles::is_due(double seconds) const {
  return seconds >= interval_s_ || (stop_ != nullptr && *stop_ && seconds >= kWorthKeeping);
}

void KeptFitFiles::keep(std::size_t candidate, std::optional<std::size_t> fold, std::string_view state) {
  try {
    if (!fs::exists(run_)) return;  // this host does not see it
    fs::create_directory(run_ / kParts);
    io::write_file(file_of(candidate, fold), sealed(state));
  } catch (const std::exception&) {
    // A full disk, say: the fit goes on, and if its rank dies, it begins again.
  }
}

}  // namespace gridmill::jobs
