#include "cli/commands.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "cli/refused_words.hpp"
#include "cli/shard_word.hpp"
#include "cli/shared_options.hpp"
#include "core/address.hpp"
#include "core/error.hpp"
#include "core/user_path.hpp"
#include "jobs/run_job.hpp"

namespace gridmill::cli {

namespace {

constexpr const char* kExitCodes =
    "Exit codes: 0 done; 1 finished with failed tasks, or could not finish; 2 wrong command line, config or data;\n"
    "3 a bug of gridmill; 75 stopped on request with work left (repeat the command to go on); 130 interrupted.";

std::string footer(const std::string& more, const std::string& examples) {
  return fmt::format("{}{}Examples:\n{}\n{}\n", more, more.empty() ? "" : "\n\n", examples, kExitCodes);
}

/// What the subcommands write into while CLI11 parses.
struct Draft {
  Invocation invocation;
  RunCommand run;
  ImportCommand import;
  InfoCommand info;
  FeaturesCommand features;
  SearchCommand search;
  MergeCommand merge;
  PredictCommand predict;
  StatusCommand status;
  RunsCommand runs;
  ReportCommand report;
  ExportCommand exported;
  AuditCommand audit;
  ClusterCommand cluster;
  ValidateCommand validate;
  DescribeCommand describe;
};

CLI::App& add_command(CLI::App& app, const std::string& name, const std::string& what, const std::string& closing) {
  CLI::App* command = app.add_subcommand(name, what);
  command->footer(closing);
  return *command;
}

CLI::Option* add_sample(CLI::App& command, std::optional<std::size_t>& sample, const std::string& what) {
  const auto has_rows = [](const std::string& word) {
    const bool is_none = word.find_first_not_of("0") == std::string::npos || word.starts_with('-');
    return is_none ? fmt::format("a sample of {} rows has none; leave the flag out for all rows", word) : std::string();
  };
  return command.add_option("--sample", sample, what)->check(CLI::Validator(has_rows, "", ""))->type_name("N");
}

void add_shard(CLI::App& command, std::optional<search::Shard>& shard) {
  command
      .add_option_function<std::string>(
          "--shard", [&shard](const std::string& word) { shard = shard_in(word); },
          "Do the N-th of M shares only, in OUTPUT-shard-N-of-M; 'gridmill merge' puts them together")
      ->type_name("N/M");
}

void add_run(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(
      app, "run", "Do all that a config asks for, in order: import, features, search, predict",
      footer(
          "Repeating the command goes on where it stopped; what is finished is not done again. It ends with the first\n"
          "step that fails, and says which command goes on.",
          "  gridmill run configs/shipping.yaml\n"
          "  gridmill run configs/shipping.yaml --until features\n"
          "  mpirun -n 8 gridmill run configs/shipping.yaml\n"));
  add_path(command, "CONFIG", draft.run.config, "What to do, in YAML ('gridmill describe' lists its options)")
      ->required();
  add_path(command, "-o,--output", draft.run.output, "Run directory to write into, instead of the config's")
      ->type_name("DIR");
  command.add_option("--until", draft.run.until, "The last step to do: import, features, search or predict")
      ->check(CLI::IsMember(jobs::stage_names()))
      ->type_name("STEP");
  add_sample(command, draft.run.sample,
             "Try it on N rows, the same ones each time, with all that hangs on them; works in OUTPUT-sample-N");
  command.add_flag("--overwrite", draft.run.overwrite,
                   "Start anew, even over another run; only what gridmill wrote is removed");
  command.add_flag("--dry-run", draft.run.dry_run, "Say what would be done, as far as it can be known");
  add_work(command, draft.invocation);
  add_live(command, draft.invocation, {"--dry-run"});
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.run; });
}

/// "orders=data/new.csv"
void add_tables(CLI::App& command, std::map<std::string, std::filesystem::path>& tables) {
  command
      .add_option_function<std::vector<std::string>>(
          "--table",
          [&tables](const std::vector<std::string>& words) {
            for (const std::string& word : words) {
              const std::size_t at = word.find('=');
              if (at == 0 || at == std::string::npos || at + 1 == word.size()) {
                throw core::UserError(fmt::format("gridmill predict: --table {}: must be NAME=FILE", word),
                                      "--table orders=data/new-orders.csv");
              }
              const std::string file = word.substr(at + 1);
              if (const auto problem = core::problem_with_path(file))
                throw core::UserError(*problem, core::kAddressHint);
              tables[word.substr(0, at)] = core::user_path(file);
            }
          },
          "Read this file in place of the one that the run imported as table NAME; may be repeated")
      ->allow_extra_args(false)
      ->type_name("NAME=FILE");
}

void add_import(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(
      app, "import", "Turn CSV or LIBSVM text into a store (HDF5), typed and checked",
      footer("Column types are inferred from the whole file; a config's 'import' section overrules them, and imports "
             "several\n"
             "tables with the relationships between them.",
             "  gridmill import data/digits.csv.gz --output digits.h5\n  gridmill import configs/loans.yaml\n"));
  add_path(command, "FILE", draft.import.file, "A data file (.csv, .svm, also .gz, .xz), or a config (.yaml)")
      ->required();
  add_path(command, "-o,--output", draft.import.output, "The store to write; by default beside the data file")
      ->type_name("STORE");
  add_path(command, "--types-from", draft.import.types_from,
           "Take column types from here (features.json or a store), as for rows to apply features to")
      ->type_name("FILE");
  command.add_flag("--overwrite", draft.import.overwrite, "Make a store anew; nothing else is replaced");
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.import; });
}

void add_info(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(app, "info", "Show the tables of a file: columns, types, missing values, ranges",
                                  footer("", "  gridmill info digits.h5\n  gridmill info data/digits.csv.gz\n"));
  add_path(command, "FILE", draft.info.file, "A store (.h5), or .csv, .svm (also .gz, .xz)")->required();
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.info; });
}

void add_features(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(
      app, "features", "Make features of related tables: deep feature synthesis, encoding, selection",
      footer("Repeating the command goes on where an earlier run stopped; finished features are not made again.\n"
             "With --apply, the same features of other rows: FILE is their store, --output the store to write.\n"
             "Under mpirun or srun it uses the ranks it is given. Memory: 'memory_limit' of the config, shared by a\n"
             "node's ranks; --dry-run says what it takes.",
             "  gridmill features configs/loans-features.yaml\n"
             "  gridmill features configs/loans-features.yaml --dry-run\n"
             "  gridmill features --apply runs/loans-features/features/features.json new.h5 -o again.h5\n"));
  FeaturesCommand& features = draft.features;
  add_path(command, "FILE", features.file, "What to make, in YAML ('gridmill describe features'); or a store")
      ->required();
  add_path(command, "-o,--output", features.output, "Run directory to write into, instead of the config's")
      ->type_name("PATH");
  auto* apply = add_path(command, "--apply", features.apply, "features.json of an earlier run: make these of FILE")
                    ->type_name("JSON");
  add_path(command, "--cutoff-time", features.cutoff, "With --apply: a time, or a file of instances and times")
      ->needs(apply)
      ->type_name("TIME");
  add_sample(command, features.sample,
             "Make features of N rows, the same ones each time, with all that hangs on them; works in OUTPUT-sample-N")
      ->excludes(apply);
  command.add_flag("--overwrite", features.overwrite,
                   "Start anew, even over another run; only what gridmill wrote is removed");
  command.add_flag("--dry-run", features.dry_run, "Say what would be done: features, bytes, passes, memory, time");
  add_work(command, draft.invocation);
  add_live(command, draft.invocation, {"--dry-run", "--apply"});
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.features; });
}

void add_search(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(
      app, "search", "Try hyperparameters by cross-validation; write cv_results, the best model and a report",
      footer("Repeating the command goes on where an earlier run stopped; a finished search is not done again.\n"
             "Under mpirun or srun it uses the ranks it is given. SIGTERM, SIGUSR1 or Ctrl-C\n"
             "stops it within a second, with its finished work kept.",
             "  gridmill search configs/digits-svm.yaml\n"
             "  gridmill search configs/digits-svm.yaml --ranks 2 --output runs/second\n"
             "  gridmill search configs/digits-svm.yaml --dry-run\n"
             "  gridmill search configs/digits-svm.yaml --shard 3/8\n"
             "  mpirun -n 8 gridmill search configs/digits-svm.yaml\n"));
  add_path(command, "CONFIG", draft.search.config, "The search, in YAML ('gridmill describe' lists its options)")
      ->required();
  add_path(command, "-o,--output", draft.search.output, "Run directory to write into, instead of the config's")
      ->type_name("DIR");
  add_sample(command, draft.search.sample, "Try it on N rows, the same ones each time; works in OUTPUT-sample-N");
  add_shard(command, draft.search.shard);
  command.add_flag("--overwrite", draft.search.overwrite,
                   "Start anew, even over another run; only what gridmill wrote is removed");
  command.add_flag("--dry-run", draft.search.dry_run, "Say what would be done: candidates, fits, memory, ranks");
  add_work(command, draft.invocation);
  add_live(command, draft.invocation, {"--dry-run"});
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.search; });
}

void add_merge(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(
      app, "merge", "Make one search of its shards: tables, the best model and a report, as if it had done all itself",
      footer(
          "All shards must be there and done, of one config, the same data and the same program; in any order. They\n"
          "stay as they are. Only the best candidate is fitted again here.",
          "  gridmill merge runs/digits-svm-shard-*-of-8 -o runs/digits-svm\n"));
  add_path(command, "RUN", draft.merge.runs, "Run directories of all shards")->required();
  add_path(command, "-o,--output", draft.merge.output, "Run directory of the whole search")
      ->required()
      ->type_name("DIR");
  command.add_flag("--overwrite", draft.merge.overwrite,
                   "Start anew, even over another run; only what gridmill wrote is removed");
  add_ranks(command, draft.invocation);
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.merge; });
}

void add_predict(CLI::App& app, Draft& draft) {
  CLI::App& command =
      add_command(app, "predict", "Predict new rows with the model of a finished search",
                  footer("The new data needs the columns the model was trained on, in any order; others are ignored.\n"
                         "With --table the rows are made of other tables, as 'gridmill run' made those of the model.",
                         "  gridmill predict runs/digits-svm data/digits.csv.gz --output predictions.csv\n"
                         "  gridmill predict runs/loans-features new.h5 --keep applicant_id -o predictions.csv\n"
                         "  gridmill predict runs/shipping --table orders=new.csv -o predictions.csv\n"));
  add_path(command, "RUN", draft.predict.run, "Run directory of a search")->required();
  add_path(command, "DATA", draft.predict.data, "New rows: .csv, .svm (also .gz, .xz) or a store (.h5)");
  add_tables(command, draft.predict.tables);
  add_path(command, "-o,--output", draft.predict.output, "CSV file to write; by default to stdout")->type_name("FILE");
  command
      .add_option("--keep", draft.predict.keep, "Also write this column of the data, such as an id; may be repeated")
      ->allow_extra_args(false)
      ->type_name("COLUMN");
  command.add_flag("--decision", draft.predict.decision, "Also write the decision values");
  command.add_flag("--probability", draft.predict.probability, "Also write the probability of each class");
  command.add_flag("--contributions", draft.predict.contributions,
                   "Also write what each feature adds to the prediction (SHAP values); their sum is the margin");
  command.add_flag("--leaf", draft.predict.leaf, "Also write the leaf of each tree");
  command
      .add_option("--interval", draft.predict.interval,
                  "Also write lower and upper, between which the value of this share of new rows is to lie: 0.9")
      ->type_name("SHARE");
  command.add_flag("--unlabelled", draft.predict.unlabelled,
                   "Predict only the rows whose label is missing, which a search does not learn from");
  add_sample(command, draft.predict.sample, "Predict N rows only, the same ones each time");
  command.add_flag("--overwrite", draft.predict.overwrite,
                   "Replace predictions with the same columns; nothing else is replaced");
  add_ranks(command, draft.invocation, "Processes to work with here; by default one, with --table one per core");
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.predict; });
}

void add_status(CLI::App& app, Draft& draft) {
  CLI::App& command =
      add_command(app, "status", "Say how far a run is, who works on it and how to go on; also while it runs",
                  footer("It only looks, and may be asked from any machine that sees the folder.",
                         "  gridmill status runs/digits-svm\n  gridmill status runs/digits-svm --json\n"));
  add_path(command, "RUN", draft.status.run, "Run directory: the 'output' of a config")->required();
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.status; });
}

void add_runs(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(app, "runs", "List the runs in a folder: state, how much is done, time, best score",
                                  footer("", "  gridmill runs\n  gridmill runs /data/runs --json\n"));
  add_path(command, "FOLDER", draft.runs.folder, "Folder that holds run directories; by default 'runs'");
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.runs; });
}

void add_report(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(
      app, "report", "Make a page to look at of a finished run, in one file; of several searches, compare them",
      footer("A job makes one by itself when it ends: report.html in its folder. The page needs no network.\n"
             "--live serves a page that follows the run while it works, to this machine alone.",
             "  gridmill report runs/digits-svm\n"
             "  gridmill report runs/digits-svm --live\n"
             "  gridmill report runs/loans-own runs/loans-features -o compared.html\n"));
  add_path(command, "RUN", draft.report.runs, "Run directories: the 'output' of a config")->required();
  add_path(command, "-o,--output", draft.report.output, "Page to write; by default report.html in the run directory")
      ->type_name("FILE");
  auto* live =
      command.add_flag("--live", draft.report.live, "Follow one run while it works, in a browser; Ctrl-C ends it");
  command.add_option("--port", draft.report.port, "Of --live; by default any that is free")
      ->needs(live)
      ->type_name("N");
  add_voice(command, draft.invocation);
  command.final_callback([&] {
    if (draft.report.live && (draft.report.runs.size() > 1 || !draft.report.output.empty())) {
      throw core::UserError("gridmill report --live: follows one run, and writes no file");
    }
    draft.invocation.command = draft.report;
  });
}

void add_export(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(
      app, "export", "Take a finished search to MLflow or Optuna",
      footer("MLflow: an experiment in a file store or on a tracking server, a run for the search, and one for each\n"
             "candidate below it; scores of folds are steps. To a server it goes on where it was cut off;\n"
             "MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN, tell it who asks.\n"
             "Optuna: a journal file with a trial for each candidate. Nothing that is there is replaced.",
             "  gridmill export runs/digits-svm --mlflow mlruns\n"
             "  gridmill export runs/digits-svm --mlflow http://127.0.0.1:5000\n"
             "  gridmill export runs/digits-svm --optuna digits.log\n"));
  add_path(command, "RUN", draft.exported.run, "Run directory of the search")->required();
  command
      .add_option(
          "--mlflow", draft.exported.mlflow,
          "Folder of MLflow's file store, as 'mlruns', made if it is not there; or http://HOST:PORT of its server")
      ->type_name("DIR");
  add_path(command, "--optuna", draft.exported.optuna, "Journal file to make, which optuna-dashboard opens")
      ->type_name("FILE");
  add_voice(command, draft.invocation);
  command.final_callback([&] {
    if (draft.exported.mlflow.empty() && draft.exported.optuna.empty()) {
      throw core::UserError("gridmill export: where to?", "--mlflow DIR, --mlflow http://HOST:PORT or --optuna FILE");
    }
    draft.invocation.command = draft.exported;
  });
}

void add_audit(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(
      app, "audit", "Look for what lets a search promise more than its model will keep: labels, later rows, copies",
      footer(
          "What it finds, why that matters, what to do. What was looked for and not found is listed, too, and what\n"
          "could not be looked for. Import and features that are not there yet are made for now, and gone afterwards;\n"
          "up to three candidates are fitted. 'gridmill search' and 'run' warn of what costs little to find.\n"
          "It ends with exit code 0 where nothing is found, and 1 where something is.",
          "  gridmill audit configs/shipping.yaml\n"
          "  gridmill audit configs/shipping.yaml --json\n"));
  add_path(command, "CONFIG", draft.audit.config, "The config to audit, in YAML")->required();
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.audit; });
}

void add_cluster(CLI::App& app, Draft& draft) {
  static const std::map<std::string, ClusterAction> kActions{
      {"up", ClusterAction::up},     {"status", ClusterAction::status}, {"ssh", ClusterAction::ssh},
      {"logs", ClusterAction::logs}, {"stop", ClusterAction::stop},     {"down", ClusterAction::down}};
  CLI::App& command = add_command(
      app, "cluster", "Make machines of AWS, look after them, and remove them: up, status, ssh, logs, stop, down",
      footer("up      make them, or what is missing; says what, and what an hour costs, and asks\n"
             "status  the head, workers, money spent, jobs\n"
             "ssh     a shell on the head, or what follows '--'\n"
             "logs    what the head did: installing itself, ending by itself\n"
             "stop    jobs stop in order, workers go; the head stays\n"
             "down    remove all; says what is left\n"
             "It calls terraform and ssh. docs/aws.md goes the whole way.",
             "  gridmill cluster up clusters/aws.yaml\n"
             "  gridmill search configs/digits-svm.yaml --on clusters/aws.yaml\n"
             "  gridmill cluster ssh clusters/aws.yaml -- ls /shared\n"
             "  gridmill cluster down clusters/aws.yaml\n"));
  command
      .add_option_function<std::string>(
          "ACTION", [&draft](const std::string& word) { draft.cluster.action = kActions.at(word); },
          "What to do: up, status, ssh, logs, stop or down")
      ->required()
      ->check(CLI::IsMember({"up", "status", "ssh", "logs", "stop", "down"}));
  add_path(command, "FILE", draft.cluster.file, "What the cluster is, in YAML ('gridmill describe aws')")->required();
  command.add_option("WORDS", draft.cluster.words, "Of ssh: what to do there");
  command.add_option("--workers", draft.cluster.workers, "Of up: bring N workers now, not when a job asks for them")
      ->check(CLI::Range(0, 64))
      ->type_name("N");
  command.add_flag("--yes", draft.cluster.yes, "Of up and down: do not ask");
  add_voice(command, draft.invocation);
  command.final_callback([&] {
    if (draft.cluster.action != ClusterAction::ssh && !draft.cluster.words.empty()) {
      throw core::UserError(fmt::format("gridmill cluster: unexpected argument '{}'", draft.cluster.words.front()));
    }
    draft.invocation.command = draft.cluster;
  });
}

void add_validate(CLI::App& app, Draft& draft) {
  CLI::App& command =
      add_command(app, "validate", "Check configs without opening any data; say all that is wrong at once",
                  footer("", "  gridmill validate configs/digits-svm.yaml\n  gridmill validate configs/*.yaml\n"));
  add_path(command, "CONFIG", draft.validate.configs, "Configs, in YAML")->required();
  add_voice(command, draft.invocation);
  command.final_callback([&] { draft.invocation.command = draft.validate; });
}

void add_describe(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(
      app, "describe", "Explain an option, a model, a metric, a primitive or a feature; without a topic, list them",
      footer("",
             "  gridmill describe\n  gridmill describe search.cv\n  gridmill describe svc\n"
             "  gridmill describe primitive trend\n"
             "  gridmill describe feature 'COUNT(bureau)' configs/loans-features.yaml\n"));
  command.add_option("TOPIC", draft.describe.words,
                     "For example search.cv, C, svc, f1_macro, options, models, metrics, primitives; primitive NAME; "
                     "feature NAME CONFIG");
  command.final_callback([&] { draft.invocation.command = draft.describe; });
}

void add_version(CLI::App& app, Draft& draft) {
  CLI::App& command = add_command(app, "version", "Print the version", footer("", "  gridmill version\n"));
  command.final_callback([&] { draft.invocation.command = VersionCommand{}; });
}

}  // namespace

std::variant<Invocation, Answer> parse_command_line(const std::vector<std::string>& arguments) {
  CLI::App app("gridmill: hyperparameter search over MPI, with scikit-learn's answers", "gridmill");
  app.footer(footer("'gridmill COMMAND --help' explains a command.", "  gridmill search configs/digits-svm.yaml\n"));
  app.require_subcommand(0, 1);
  app.get_formatter()->column_width(28);
  app.get_formatter()->label("REQUIRED", "(required)");
  Draft draft;
  for (const auto& add :
       {add_run, add_import, add_info, add_features, add_search, add_merge, add_predict, add_status, add_runs,
        add_report, add_export, add_audit, add_cluster, add_validate, add_describe, add_version}) {
    add(app, draft);
  }
  bool version = false;
  app.add_flag("--version", version, "Print the version");
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));  // CLI11 takes them last first
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    return Answer{chosen.empty() ? app.help() : chosen.front()->help("gridmill")};
  } catch (const CLI::ExtrasError&) {
    refuse_extras(app);
  } catch (const CLI::ParseError& error) {
    refuse(app, error);
  }
  if (version) return Invocation{.command = VersionCommand{}};
  if (app.get_subcommands().empty()) return Answer{app.help(), core::ExitCode::bad_input};
  return draft.invocation;
}

}  // namespace gridmill::cli
