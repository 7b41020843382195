#include "microocpp_backend/fram_files.h"

#include <string.h>

#include "store/record.h"

namespace evse {

namespace {

// A block: generation (4), kind (1), number of the block in its file (1), then
//   head   size (2), checksum (4), name (kName + 1), content
//   tail   content
constexpr int kMarkBytes = 6;
constexpr int kKindAt = 4;
constexpr int kNumberAt = 5;
constexpr int kSizeAt = 6;
constexpr int kChecksumAt = 8;
constexpr int kNameAt = 12;
constexpr int kHeadAt = kNameAt + FramFiles::kName + 1;
constexpr int kInHead = FramFiles::kBlock - kHeadAt;
constexpr int kInTail = FramFiles::kBlock - kMarkBytes;
constexpr int kMostBlocks = 256;  // of a file: their number is one byte
constexpr int kMostBytes = kInHead + (kMostBlocks - 1) * kInTail;

constexpr uint8_t kFree = 0;
constexpr uint8_t kHead = 0xA5;
constexpr uint8_t kTail = 0x5A;

uint32_t get_u32(const uint8_t* p) {
  return static_cast<uint32_t>(p[0]) | static_cast<uint32_t>(p[1]) << 8 |
         static_cast<uint32_t>(p[2]) << 16 | static_cast<uint32_t>(p[3]) << 24;
}

void put_u32(uint8_t* p, uint32_t value) {
  for (int i = 0; i < 4; ++i) p[i] = static_cast<uint8_t>(value >> (8 * i));
}

int blocks_for(int size) {
  return size <= kInHead ? 1 : 1 + (size - kInHead + kInTail - 1) / kInTail;
}

// Over the generation too: a head that was written half has the one of another writing.
uint32_t checksum_of(uint32_t generation, const char* name, const std::string& content) {
  uint8_t bytes[4];
  put_u32(bytes, generation);
  uint32_t sum = store::crc32(bytes, sizeof bytes);
  sum = store::crc32(reinterpret_cast<const uint8_t*>(name), static_cast<int>(strlen(name)), sum);
  return store::crc32(reinterpret_cast<const uint8_t*>(content.data()),
                      static_cast<int>(content.size()), sum);
}

}  // namespace

FramFiles::FramFiles(hal::Fram& fram, int from)
    : fram_(fram), from_(from), count_((fram.size() - from) / kBlock) {}

bool FramFiles::mount() {
  files_.clear();
  next_generation_ = 1;
  used_.assign(static_cast<size_t>(count_), false);
  std::vector<Mark> marks(static_cast<size_t>(count_));
  for (int block = 0; block < count_; ++block) {
    uint8_t bytes[kMarkBytes];
    if (!fram_.read(address_of(block), bytes, kMarkBytes)) return false;
    marks[static_cast<size_t>(block)] = {get_u32(bytes), bytes[kKindAt], bytes[kNumberAt]};
  }
  for (int block = 0; block < count_; ++block) {
    File file;
    if (marks[static_cast<size_t>(block)].kind != kHead || !read_head(block, marks, file)) continue;
    if (file.generation >= next_generation_) next_generation_ = file.generation + 1;
    const File* same = find(file.name.c_str());
    if (same == nullptr) {
      files_.push_back(file);
    } else if (same->generation < file.generation) {
      files_[static_cast<size_t>(same - files_.data())] = file;
    }
  }
  for (const File& file : files_) {
    for (int block : file.blocks) used_[static_cast<size_t>(block)] = true;
  }
  // Nothing may be taken for a part of a later file.
  for (int block = 0; block < count_; ++block) {
    const auto at = static_cast<size_t>(block);
    const bool marked = marks[at].kind == kHead || marks[at].kind == kTail;
    if (marked && !used_[at] && !free_block(block)) return false;
  }
  return true;
}

bool FramFiles::read_head(int block, const std::vector<Mark>& marks, File& file) const {
  uint8_t bytes[kHeadAt];
  if (!fram_.read(address_of(block), bytes, kHeadAt) || bytes[kHeadAt - 1] != 0) return false;
  file.generation = get_u32(bytes);
  file.size = bytes[kSizeAt] | bytes[kSizeAt + 1] << 8;
  file.checksum = get_u32(bytes + kChecksumAt);
  file.name = reinterpret_cast<const char*>(bytes + kNameAt);
  if (file.size > kMostBytes || file.name.empty()) return false;
  file.blocks.assign(static_cast<size_t>(blocks_for(file.size)), -1);
  file.blocks[0] = block;
  for (int other = 0; other < count_; ++other) {
    const Mark& mark = marks[static_cast<size_t>(other)];
    if (mark.kind != kTail || mark.generation != file.generation) continue;
    if (mark.number > 0 && mark.number < file.blocks.size()) file.blocks[mark.number] = other;
  }
  for (int each : file.blocks) {
    if (each < 0) return false;
  }
  std::string content;
  return read_content(file, content);
}

bool FramFiles::read_content(const File& file, std::string& content) const {
  content.assign(static_cast<size_t>(file.size), '\0');
  int done = 0;
  for (size_t i = 0; i < file.blocks.size(); ++i) {
    const int at = i == 0 ? kHeadAt : kMarkBytes;
    const int most = kBlock - at;
    const int part = file.size - done < most ? file.size - done : most;
    if (part == 0) break;
    auto* into = reinterpret_cast<uint8_t*>(&content[static_cast<size_t>(done)]);
    if (!fram_.read(address_of(file.blocks[i]) + at, into, part)) return false;
    done += part;
  }
  return checksum_of(file.generation, file.name.c_str(), content) == file.checksum;
}

const FramFiles::File* FramFiles::find(const char* name) const {
  for (const File& file : files_) {
    if (file.name == name) return &file;
  }
  return nullptr;
}

int FramFiles::size_of(const char* name) const {
  const File* file = find(name);
  return file == nullptr ? -1 : file->size;
}

bool FramFiles::load(const char* name, std::string& content) const {
  const File* file = find(name);
  return file != nullptr && read_content(*file, content);
}

bool FramFiles::save(const char* name, const std::string& content) {
  const size_t length = strlen(name);
  if (length == 0 || length > kName || content.size() > static_cast<size_t>(room())) return false;
  File file;
  file.name = name;
  file.generation = next_generation_;
  file.size = static_cast<int>(content.size());
  file.checksum = checksum_of(file.generation, name, content);
  const auto needed = static_cast<size_t>(blocks_for(file.size));
  for (int block = 0; file.blocks.size() < needed; ++block) {
    if (!used_[static_cast<size_t>(block)]) file.blocks.push_back(block);
  }
  ++next_generation_;
  // The head is the last: it makes the blocks a file.
  for (size_t left = needed; left > 0; --left) {
    const size_t number = left - 1;
    uint8_t bytes[kBlock] = {};
    put_u32(bytes, file.generation);
    bytes[kKindAt] = number == 0 ? kHead : kTail;
    bytes[kNumberAt] = static_cast<uint8_t>(number);
    int at = kMarkBytes;
    size_t from = 0;
    if (number == 0) {
      bytes[kSizeAt] = static_cast<uint8_t>(file.size);
      bytes[kSizeAt + 1] = static_cast<uint8_t>(file.size >> 8);
      put_u32(bytes + kChecksumAt, file.checksum);
      for (size_t i = 0; i < length; ++i) bytes[kNameAt + i] = static_cast<uint8_t>(name[i]);
      at = kHeadAt;
    } else {
      from = static_cast<size_t>(kInHead) + (number - 1) * static_cast<size_t>(kInTail);
    }
    const size_t rest = content.size() - from;
    const auto most = static_cast<size_t>(kBlock - at);
    const size_t part = rest < most ? rest : most;
    memcpy(bytes + at, content.data() + from, part);
    if (!fram_.write(address_of(file.blocks[number]), bytes, at + static_cast<int>(part))) {
      return false;
    }
  }
  for (int block : file.blocks) used_[static_cast<size_t>(block)] = true;
  const File* before = find(name);
  const size_t index = before == nullptr ? 0 : static_cast<size_t>(before - files_.data());
  const bool replaced = before == nullptr || drop(index);
  files_.push_back(file);
  return replaced;
}

bool FramFiles::remove(const char* name) {
  const File* file = find(name);
  return file != nullptr && drop(static_cast<size_t>(file - files_.data()));
}

// The head first: without it the rest is no file.
bool FramFiles::drop(size_t index) {
  const std::vector<int> blocks = files_[index].blocks;
  files_.erase(files_.begin() + static_cast<std::ptrdiff_t>(index));
  bool written = true;
  for (int block : blocks) written = free_block(block) && written;
  return written;
}

bool FramFiles::free_block(int block) {
  used_[static_cast<size_t>(block)] = false;
  return fram_.write(address_of(block) + kKindAt, &kFree, 1);
}

std::vector<std::string> FramFiles::names() const {
  std::vector<std::string> found;
  for (const File& file : files_) found.push_back(file.name);
  return found;
}

int FramFiles::room() const {
  int blocks = 0;
  for (bool each : used_) blocks += each ? 0 : 1;
  if (blocks == 0) return -1;
  const int bytes = kInHead + (blocks - 1) * kInTail;
  return bytes < kMostBytes ? bytes : kMostBytes;
}

}  // namespace evse
