#include "jobs/features/result/settled_now.hpp"

#include <chrono>

#include "io/text/datetime.hpp"
#include "jobs/features/result/features_directory.hpp"
#include "mpi/agree.hpp"
#include "mpi/failure.hpp"

namespace gridmill::jobs {

std::string settled_now(const config::FeaturesJob& job, IfOther if_other, mpi::Session& session) {
  std::string time;
  mpi::run_together(session.transport(), [&] {
    if (session.place().rank != 0) return;
    if (if_other != IfOther::overwrite) time = earlier_now(job);
    if (!time.empty()) return;
    const auto since_1970 = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_1970);
    time = io::datetime_text(std::chrono::nanoseconds(seconds).count());
  });
  return mpi::agree(session.transport(), time);
}

}  // namespace gridmill::jobs
