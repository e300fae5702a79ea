#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "jobs/run/observer.hpp"
#include "report/tracking/tracked_search.hpp"

namespace gridmill::jobs {

/// What a tracking server is asked.
struct TrackingRequest {
  std::string method;          // "GET", "POST", "PUT"
  std::string path;            // below its address, from the slash on
  std::string body;            // JSON; empty: none
  std::filesystem::path file;  // what is sent instead; empty: none
};

struct TrackingAnswer {
  long status = 0;
  std::string body;
};

/// A tracking server of MLflow at some address. Asks, and asks again where that may help, so that a request may be
/// heard twice; returns the answer, whatever its status. Errors: RunError when there is none.
struct TrackingServer {
  std::string address;
  std::function<TrackingAnswer(const TrackingRequest&)> ask;
};

/// Takes a search to a server: the same runs, parameters, metrics, tags and artifacts as in a file store.
///
/// What the server holds already is left alone, so that an export that was cut off goes on where it was: runs that have
/// ended are whole. A run that came into being twice, because an answer got lost, is removed again; a metric's point
/// that was heard twice is the same point. Files go through the server where it takes them ("mlflow-artifacts:");
/// elsewhere a note says that they stay here.
///
/// Errors: UserError when the server is none of MLflow, or does not know who asks; RunError with its own words when it
/// refuses something, or does not answer.
void upload_to_mlflow(const report::TrackedSearch& search, const std::filesystem::path& run,
                      const TrackingServer& server, Observer& observer);

}  // namespace gridmill::jobs
