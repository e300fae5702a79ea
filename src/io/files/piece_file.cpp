#include "io/files/piece_file.hpp"

#include <array>
#include <fstream>
#include <string_view>
#include <system_error>

#include <fcntl.h>

#include "core/bytes.hpp"
#include "io/files/atomic_file.hpp"
#include "io/files/checksum.hpp"
#include "io/files/file_descriptor.hpp"

namespace gridmill::io {
namespace {

constexpr std::uint64_t kPiecesMagic = 0x5345434549504d47;  // "GMPIECES" on little-endian machines

struct PieceFileHeader {
  std::uint64_t magic = kPiecesMagic;
  std::uint64_t fingerprint = 0;
  std::uint64_t n_strings = 0;
  std::uint64_t index_checksum = 0;
};

template <class T>
bool read_into(std::istream& file, std::span<T> values) {
  return static_cast<bool>(
      file.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size_bytes())));
}

}  // namespace

void PieceFile::write(const std::filesystem::path& path, std::uint64_t fingerprint,
                      std::span<const std::vector<std::byte>> strings) {
  std::vector<Entry> index;
  for (const std::vector<std::byte>& each : strings) {
    index.push_back({.n_bytes = each.size(), .checksum = checksum(core::text_of(each))});
  }
  const std::string_view index_bytes = core::text_of(index);
  const PieceFileHeader header{
      .fingerprint = fingerprint, .n_strings = strings.size(), .index_checksum = checksum(index_bytes)};
  const std::filesystem::path temporary = unfinished_name(path);
  FileDescriptor file = FileDescriptor::open_new(temporary, path);
  file.write(core::text_of(std::span(&header, 1)));
  file.write(index_bytes);
  for (const std::vector<std::byte>& each : strings) file.write(core::text_of(each));
  file.close();
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (error) throw_system_error("write", path, error.value());
}

std::optional<PieceFile> PieceFile::open(const std::filesystem::path& path, std::uint64_t fingerprint,
                                         std::size_t n_strings) {
  std::ifstream file(path, std::ios::binary);
  PieceFileHeader header;
  if (!read_into(file, std::span(&header, 1))) return {};
  if (header.magic != kPiecesMagic || header.fingerprint != fingerprint || header.n_strings != n_strings) return {};
  PieceFile opened;
  opened.path_ = path;
  opened.index_.resize(n_strings);
  if (!read_into(file, std::span(opened.index_))) return {};
  if (checksum(core::text_of(opened.index_)) != header.index_checksum) return {};
  std::uint64_t n_bytes = sizeof(PieceFileHeader) + n_strings * sizeof(Entry);
  for (const Entry& each : opened.index_) n_bytes += each.n_bytes;
  std::error_code error;
  if (std::filesystem::file_size(path, error) != n_bytes || error) return {};
  return opened;
}

std::uint64_t PieceFile::offset_of(std::size_t i) const {
  std::uint64_t at = sizeof(PieceFileHeader) + index_.size() * sizeof(Entry);
  for (std::size_t before = 0; before < i; ++before) at += index_[before].n_bytes;
  return at;
}

std::optional<std::vector<std::byte>> PieceFile::read(std::size_t i) const {
  std::ifstream file(path_, std::ios::binary);
  std::vector<std::byte> bytes(index_.at(i).n_bytes);
  file.seekg(static_cast<std::streamoff>(offset_of(i)));
  if (!read_into(file, std::span(bytes)) || checksum(core::text_of(bytes)) != index_[i].checksum) return {};
  return bytes;
}

std::optional<MappedString> PieceFile::map(std::size_t i) const {
  if (!read(i)) return {};
  const std::size_t n_bytes = index_[i].n_bytes;
  if (n_bytes == 0) return MappedString{};
  const FileDescriptor file = FileDescriptor::open_input(path_);
  const auto mapping = std::make_shared<const MappedPiece>(file, offset_of(i), n_bytes);
  return MappedString{.bytes = std::as_bytes(std::span(mapping->data(), n_bytes)), .mapping = mapping};
}

bool PieceFile::is_whole() const {
  for (std::size_t i = 0; i < index_.size(); ++i) {
    if (!read(i)) return false;
  }
  return true;
}

}  // namespace gridmill::io
