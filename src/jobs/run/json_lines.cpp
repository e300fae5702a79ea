#include "jobs/run/json_lines.hpp"

#include <chrono>

#include <nlohmann/json.hpp>

#include "core/address.hpp"

namespace gridmill::jobs {

namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson to_json(const core::Value& value) {
  if (value.is_boolean()) return value.boolean();
  if (value.is_integer()) return value.integer();
  if (value.is_real()) return value.number();  // written as null if not finite
  if (value.is_text()) return value.text();
  if (value.is_list()) {
    OrderedJson list = OrderedJson::array();
    for (const core::Value& entry : value.list()) list.push_back(to_json(entry));
    return list;
  }
  if (value.is_mapping()) {
    OrderedJson object = OrderedJson::object();
    for (const auto& [name, entry] : value.mapping()) object[name] = to_json(entry);
    return object;
  }
  return nullptr;
}

OrderedJson to_json(const std::vector<BaselineRow>& baselines) {
  OrderedJson list = OrderedJson::array();
  for (const BaselineRow& row : baselines) {
    list.push_back({{"rule", row.rule}, {"means", row.means}, {"stds", row.stds}});
  }
  return list;
}

OrderedJson to_json(const core::Params& params) {
  OrderedJson object = OrderedJson::object();
  for (const auto& [name, value] : params) object[name] = to_json(value);
  return object;
}

/// Each line goes out whole and at once: a reader may wait for it. Broken UTF-8 is replaced, not thrown over.
void write_line(std::ostream& out, const OrderedJson& event) {
  out << core::with_addresses(event.dump(-1, ' ', false, OrderedJson::error_handler_t::replace)) << std::endl;
}

class JsonObserver final : public Observer {
 public:
  JsonObserver(std::ostream& out, Times times) : out_(out), times_(times) {}

  void stage(std::string_view what) override { write({{"event", "stage"}, {"what", what}}); }

  void plan(const std::vector<Fact>& facts) override {
    OrderedJson object = OrderedJson::object();
    for (const Fact& fact : facts) object[fact.name] = to_json(fact.value);
    write({{"event", "plan"}, {"facts", object}});
  }

  void progress(const Progress& progress) override {
    OrderedJson event{{"event", "progress"},       {"unit", progress.unit},
               {"done", progress.done},     {"total", progress.total},
               {"failed", progress.failed}, {"per_second", progress.per_second},
               {"seconds_left", nullptr},   {"best", nullptr}};
    if (progress.seconds_left) event["seconds_left"] = *progress.seconds_left;
    if (progress.best) {
      event["best"] = OrderedJson{{"metric", progress.best->metric},
                           {"score", progress.best->score},
                           {"params", to_json(progress.best->params)}};
    }
    write(event);
  }

  void task(const TaskDone& done) override {
    OrderedJson event{{"event", "task"},       {"unit", done.unit}, {"done", done.n},
               {"failed", done.failed}, {"rank", done.rank}, {"seconds", nullptr}};
    if (done.seconds) event["seconds"] = *done.seconds;
    write(event);
  }

  void host_leaving(const HostLeaving& leaving) override {
    write({{"event", "host_leaving"}, {"host", leaving.host}, {"certain", leaving.is_certain}});
  }
  void warning(std::string_view sentence) override { write({{"event", "warning"}, {"text", sentence}}); }
  void note(std::string_view sentence) override { write({{"event", "note"}, {"text", sentence}}); }

  void leaderboard(const Leaderboard& board) override {
    OrderedJson rows = OrderedJson::array();
    for (const LeaderboardRow& row : board.rows) {
      rows.push_back(OrderedJson{{"rank", row.rank},
                          {"candidate", row.candidate},
                          {"means", row.means},
                          {"stds", row.stds},
                          {"params", to_json(row.params)}});
    }
    write({{"event", "leaderboard"},
           {"metrics", board.metrics},
           {"chosen_by", board.chosen_by},
           {"chosen", board.chosen ? OrderedJson(*board.chosen) : OrderedJson(nullptr)},
           {"n_candidates", board.n_candidates},
           {"rows", rows},
           {"baselines", to_json(board.baselines)}});
  }

  void block(const TextBlock& block) override {
    write({{"event", "block"}, {"title", block.title}, {"text", block.text}});
  }

  void files(const std::vector<WrittenFile>& files) override {
    OrderedJson list = OrderedJson::array();
    for (const WrittenFile& file : files) list.push_back(OrderedJson{{"path", file.path}, {"meaning", file.meaning}});
    write({{"event", "files"}, {"files", list}});
  }

 private:
  void write(OrderedJson event) {
    if (times_ == Times::told) event["at"] = now_s();
    write_line(out_, event);
  }

  static double now_s() {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  }

  std::ostream& out_;
  Times times_;
};

}  // namespace

void write_json_line(std::ostream& out, const core::Value& value) { write_line(out, to_json(value)); }

std::unique_ptr<Observer> make_json_observer(std::ostream& out, Times times) {
  return std::make_unique<JsonObserver>(out, times);
}

}  // namespace gridmill::jobs
