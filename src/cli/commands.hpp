#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "config/quantity.hpp"
#include "core/error.hpp"
#include "search/shard.hpp"

namespace gridmill::cli {

/// How the program speaks.
enum class Voice {
  terminal_or_pipe,  // a bar on a terminal, plain lines elsewhere
  quiet,             // results, warnings and errors only
  json,              // one JSON object a line on stdout
};

/// gridmill import FILE: CSV or LIBSVM text -> store.
struct ImportCommand {
  std::filesystem::path file;        // a config (.yaml, .yml), or the data file itself
  std::filesystem::path output;      // the store; empty: as the config says, or beside the data
  std::filesystem::path types_from;  // features.json or a store; empty: types are found out
  bool overwrite = false;
};

/// gridmill info FILE
struct InfoCommand {
  std::filesystem::path file;  // store, CSV or LIBSVM text
};

/// gridmill run CONFIG
struct RunCommand {
  std::filesystem::path config;
  std::filesystem::path output;       // overrules the config's; empty: the config's
  std::string until;                  // the last stage; empty: all
  std::optional<std::size_t> sample;  // rows to try it on; unset: all
  bool overwrite = false;
  bool dry_run = false;
};

/// gridmill audit CONFIG
struct AuditCommand {
  std::filesystem::path config;
};

/// gridmill search CONFIG
struct SearchCommand {
  std::filesystem::path config;
  std::filesystem::path output;        // overrules the config's; empty: the config's
  std::optional<std::size_t> sample;   // rows to try it on; unset: all
  std::optional<search::Shard> shard;  // the share to do; unset: all of it
  bool overwrite = false;              // start anew in a run directory of another config
  bool dry_run = false;                // say what would be done
};

/// gridmill merge RUN ... -o RUN
struct MergeCommand {
  std::vector<std::filesystem::path> runs;  // of the shards
  std::filesystem::path output;             // run directory of the whole search
  bool overwrite = false;                   // start anew in a run directory of another config
};

/// gridmill features CONFIG, or gridmill features STORE --apply FEATURES.JSON
struct FeaturesCommand {
  std::filesystem::path file;         // a config; with `apply`, a store
  std::filesystem::path output;       // run directory instead of the config's; with `apply`, the store to write
  std::filesystem::path apply;        // definitions that an earlier run has written; empty: none
  std::optional<std::size_t> sample;  // rows to try it on; unset: all
  std::string cutoff;                 // with `apply`: time or file of cutoff times, instead of the definitions'
  bool overwrite = false;
  bool dry_run = false;
};

/// gridmill predict RUN DATA, or gridmill predict RUN --table NAME=FILE ...
struct PredictCommand {
  std::filesystem::path run;                            // run directory of a search
  std::filesystem::path data;                           // CSV, LIBSVM text or store; empty: made of `tables`
  std::map<std::string, std::filesystem::path> tables;  // files in place of those that the run imported
  std::filesystem::path output;                         // CSV to write; empty: stdout
  std::vector<std::string> keep;                        // columns of the data to write, too
  bool decision = false;
  bool probability = false;
  bool contributions = false;         // of each feature to each prediction
  bool leaf = false;                  // that each tree comes to
  std::optional<double> interval;     // share of rows whose value is to lie between two bounds
  bool unlabelled = false;            // only rows without a label
  std::optional<std::size_t> sample;  // of so many rows only; unset: of all
  bool overwrite = false;
};

/// gridmill status RUN
struct StatusCommand {
  std::filesystem::path run;
};

/// gridmill runs [FOLDER]
struct RunsCommand {
  std::filesystem::path folder = "runs";
};

/// gridmill report RUN ...
struct ReportCommand {
  std::vector<std::filesystem::path> runs;  // run directories; several are compared
  std::filesystem::path output;             // empty: report.html in the run directory
  bool live = false;                        // serve a page that follows the run instead
  std::uint16_t port = 0;                   // of the server; 0: any
};

/// gridmill export RUN
struct ExportCommand {
  std::filesystem::path run;
  std::string mlflow;            // MLflow's file store, or the address of its server; empty: none
  std::filesystem::path optuna;  // journal of Optuna; empty: none
};

/// gridmill validate CONFIG ...
struct ValidateCommand {
  std::vector<std::filesystem::path> configs;
};

/// gridmill describe [TOPIC ...]
struct DescribeCommand {
  std::vector<std::string> words;  // "svc"; "primitive", NAME; "feature", NAME, CONFIG; empty: the list of topics
};

enum class ClusterAction { up, status, ssh, logs, stop, down };

/// gridmill cluster up|status|ssh|logs|stop|down FILE
struct ClusterCommand {
  ClusterAction action = ClusterAction::status;
  std::filesystem::path file;          // of the cluster (config::AwsPlace)
  std::vector<std::string> words;      // of `ssh`: what to do there; empty: a shell
  std::optional<std::size_t> workers;  // of `up`: to bring now; unset: as many as stay
  bool yes = false;                    // do not ask
};

/// gridmill version
struct VersionCommand {};

using Command = std::variant<RunCommand, ImportCommand, InfoCommand, FeaturesCommand, SearchCommand, MergeCommand,
                             PredictCommand, StatusCommand, RunsCommand, ReportCommand, ExportCommand, AuditCommand,
                             ClusterCommand, ValidateCommand, DescribeCommand, VersionCommand>;

/// A command line that can be carried out.
struct Invocation {
  Command command;
  Voice voice = Voice::terminal_or_pipe;
  std::optional<std::size_t> ranks;        // unset: one per available core
  std::optional<config::Duration> budget;  // time that the command may take; unset: any
  std::filesystem::path on;                // file that says where else to work (config::read_place); empty: here
  bool copies = false;                     // what hosts lack of data, config and program is sent there
  std::filesystem::path hosts;  // file that lists the machines to work on (launch::read_hostfile); empty: here
  bool live = false;            // serve a page that follows the run beside it
  std::uint16_t live_port = 0;  // of that page; 0: any
};

/// A command line that is answered at once: --help, or no arguments.
struct Answer {
  std::string text;
  core::ExitCode code = core::ExitCode::done;
};

/// Reads the command line. `arguments` are those after the program's name.
/// Errors: UserError for an unknown command or flag (with the nearest one), a missing or a wrong value.
std::variant<Invocation, Answer> parse_command_line(const std::vector<std::string>& arguments);

}  // namespace gridmill::cli
