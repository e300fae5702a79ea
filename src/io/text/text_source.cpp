#include "io/text/text_source.hpp"

#include <algorithm>
#include <ios>
#include <string_view>
#include <utility>

#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filtering_streambuf.hpp>
#include <boost/iostreams/read.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include "core/error.hpp"
#include "io/files/file_descriptor.hpp"

namespace gridmill::io {
namespace {

namespace streams = boost::iostreams;
using namespace std::string_view_literals;

constexpr auto kGzipMagic = "\x1f\x8b"sv;
constexpr auto kXzMagic = "\xfd\x37zXZ\0"sv;
constexpr std::streamsize kFilterBuffer = 1 << 18;  // [bytes]

enum class Packing { none, gzip, xz };

std::string_view name_of(Packing packing) { return packing == Packing::gzip ? "gzip" : "xz"; }

Packing packing_of(const FileDescriptor& file) {
  char begin[8] = {};
  const std::string_view bytes(begin, file.read(begin));
  ::lseek(file.get(), 0, SEEK_SET);
  if (bytes.substr(0, kGzipMagic.size()) == kGzipMagic) return Packing::gzip;
  if (bytes.substr(0, kXzMagic.size()) == kXzMagic) return Packing::xz;
  return Packing::none;
}

}  // namespace

struct TextSource::Stream {
  FileDescriptor file;
  Packing packing;
  streams::filtering_istreambuf unpacked;
};

TextSource::TextSource(std::filesystem::path path) : path_(std::move(path)), stream_(std::make_unique<Stream>()) {
  stream_->file = FileDescriptor::open_input(path_);
  stream_->packing = packing_of(stream_->file);
  if (stream_->packing == Packing::none) return;
  if (stream_->packing == Packing::gzip) {
    stream_->unpacked.push(streams::gzip_decompressor(streams::zlib::default_window_bits, kFilterBuffer),
                           kFilterBuffer);
  } else {
    stream_->unpacked.push(streams::lzma_decompressor(kFilterBuffer), kFilterBuffer);
  }
  stream_->unpacked.push(streams::file_descriptor_source(stream_->file.get(), streams::never_close_handle),
                         kFilterBuffer);
}

TextSource::~TextSource() = default;
TextSource::TextSource(TextSource&&) noexcept = default;
TextSource& TextSource::operator=(TextSource&&) noexcept = default;

std::size_t TextSource::read(std::span<char> buffer) {
  if (stream_->packing == Packing::none) return stream_->file.read(buffer);
  try {
    const std::streamsize got = stream_->unpacked.sgetn(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    return static_cast<std::size_t>(std::max<std::streamsize>(got, 0));
  } catch (const std::ios_base::failure&) {
    throw core::UserError(
        core::Problem{{path_.string()},
                      fmt::format("its {} compression is damaged or cut short", name_of(stream_->packing)),
                      "copy or download the file again"});
  }
}

std::string first_bytes(const std::filesystem::path& path, std::size_t n_bytes) {
  std::string bytes(n_bytes, '\0');
  TextSource source(path);
  bytes.resize(source.read(bytes));
  return bytes;
}

}  // namespace gridmill::io
