#include "io/import/foreign_format.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include <fmt/format.h>

#include "core/error.hpp"

namespace gridmill::io {
namespace {

using namespace std::string_view_literals;

struct Format {
  std::string_view magic;  // what its files begin with
  std::string_view name;   // "is ..., which is not read"
  std::string_view hint;   // {} is the file
};

constexpr auto kByPandas = "save it as CSV"sv;

constexpr std::array kFormats{
    Format{"PAR1"sv, "a Parquet file",
           "save it as CSV: python3 -c \"import pandas; "
           "pandas.read_parquet('{0}').to_csv('{0}.csv', index=False)\""},
    Format{"ARROW1"sv, "an Arrow or Feather file", kByPandas},
    Format{"\xFF\xFF\xFF\xFF"sv, "an Arrow stream", kByPandas},
    Format{"ORC"sv, "an ORC file", kByPandas},
    Format{"Obj\x01"sv, "an Avro file", kByPandas},
    Format{"\xD0\xCF\x11\xE0"sv, "an old Excel file or another Office document", "save it as CSV in Excel"},
    Format{"BZh"sv, "packed by bzip2", "unpack it: bunzip2 -k {0}; gzip and xz are read as they are"},
    Format{"\x28\xB5\x2F\xFD"sv, "packed by zstd", "unpack it: unzstd {0}; gzip and xz are read as they are"},
    Format{"7z\xBC\xAF\x27\x1C"sv, "a 7z archive", "unpack it first; gzip and xz are read as they are"},
    Format{"Rar!\x1A"sv, "a RAR archive", "unpack it first; gzip and xz are read as they are"},
    Format{"SQLite format 3\0"sv, "an SQLite database", "export a table: sqlite3 -header -csv {0} 'select * from ...'"},
    Format{"\x93NUMPY"sv, "a NumPy array", "save it as CSV: numpy.savetxt"},
    Format{"\x80\x02"sv, "a Python pickle", kByPandas},
    Format{"\x80\x03"sv, "a Python pickle", kByPandas},
    Format{"\x80\x04"sv, "a Python pickle", kByPandas},
    Format{"\x80\x05"sv, "a Python pickle", kByPandas},
    Format{"RDX"sv, "an R data file", "save it as CSV: write.csv"},
    Format{"RDA"sv, "an R data file", "save it as CSV: write.csv"},
    Format{"MATLAB 5.0"sv, "a MATLAB file", "save it as CSV: writematrix"},
    Format{"<stata_dta>"sv, "a Stata file", "save it as CSV: export delimited"},
    Format{"$FL2"sv, "an SPSS file", kByPandas},
    Format{"%PDF-"sv, "a PDF document", "CSV, LIBSVM text and stores are read"},
    Format{"<?xml"sv, "XML", kByPandas},
    Format{"<!DOCTYPE"sv, "a web page", "was it downloaded by a link that shows it?"},
    Format{"<html"sv, "a web page", "was it downloaded by a link that shows it?"},
};

[[noreturn]] void refuse_format(const std::filesystem::path& path, std::string_view name, std::string_view hint) {
  throw core::UserError(core::Problem{
      {path.string()}, fmt::format("is {}, which is not read", name), fmt::format(fmt::runtime(hint), path.string())});
}

/// Weka's files begin with %-comments and empty lines, then "@relation".
bool looks_like_arff(std::string_view text) {
  while (!text.empty() && (text.front() == '%' || text.front() == '\n' || text.front() == '\r')) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
  constexpr std::string_view kWord = "@relation";  // in any case
  const auto same = [](char a, char b) { return std::tolower(static_cast<unsigned char>(a)) == b; };
  const std::string_view first = text.substr(0, kWord.size());
  return std::equal(first.begin(), first.end(), kWord.begin(), kWord.end(), same);
}

/// An object or a list of them; a CSV file may begin with a brace in a cell, but not with {" or [{.
bool looks_like_json(std::string_view text) {
  std::string begin;
  for (const char c : text.substr(0, 256)) {
    if (std::isspace(static_cast<unsigned char>(c)) == 0) begin += c;
  }
  return begin.starts_with("{\"") || begin.starts_with("[{") || begin.starts_with("[[");
}

void refuse_archive(const std::filesystem::path& path, std::string_view begin) {
  if (begin.starts_with("PK\x03\x04"sv)) {
    const bool is_excel = begin.find("[Content_Types].xml") != std::string_view::npos ||
                          begin.find("xl/") != std::string_view::npos || path.extension() == ".xlsx";
    if (is_excel) refuse_format(path, "an Excel file", "save the sheet as CSV");
    refuse_format(path, "a zip archive", "unpack it: unzip {0}; gzip and xz are read as they are");
  }
  constexpr std::size_t kTarMark = 257;  // where "ustar" stands
  if (begin.size() > kTarMark && begin.substr(kTarMark).starts_with("ustar")) {
    refuse_format(path, "a tar archive", "unpack it: tar -xf {0}");
  }
}

}  // namespace

void refuse_foreign_format(const std::filesystem::path& path, std::string_view first_bytes) {
  const std::filesystem::path extension = path.extension();
  if (extension == ".yaml" || extension == ".yml") {
    throw core::UserError(core::Problem{
        {path.string()}, "looks like YAML (a config?), not like data", "check a config with: gridmill validate"});
  }
  refuse_archive(path, first_bytes);
  for (const Format& format : kFormats) {
    if (first_bytes.starts_with(format.magic)) refuse_format(path, format.name, format.hint);
  }
  if (looks_like_arff(first_bytes)) refuse_format(path, "ARFF", "save it as CSV");
  if (looks_like_json(first_bytes)) refuse_format(path, "JSON", kByPandas);
}

}  // namespace gridmill::io
