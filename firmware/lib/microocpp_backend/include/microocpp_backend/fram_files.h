// Small files with names in an FRAM, for a library that keeps what it knows in files.
//
// A file is written as a whole, and is old or new after a power cut, never half. Its blocks lie
// anywhere; the head block, written last, makes them a file: it has the name, the size and a
// checksum. A file of the same name that was written later counts, and each writing has a
// generation of its own, so that no block belongs to two.
#pragma once

#include <stdint.h>

#include <string>
#include <vector>

#include "hal/fram.h"

namespace evse {

class FramFiles {
 public:
  static constexpr int kBlock = 128;
  static constexpr int kName = 31;  // characters of a name

  // In the bytes of `fram` from `from` on, to its end.
  FramFiles(hal::Fram& fram, int from);

  // Finds what is there; what a power cut has left over is given free. False: the memory fails.
  bool mount();

  // -1: there is none.
  int size_of(const char* name) const;

  // False: there is none, or the memory fails.
  bool load(const char* name, std::string& content) const;

  // False: no room, no such name, or the memory fails. What was there before still is, then.
  bool save(const char* name, const std::string& content);

  // False: there is none, or the memory fails.
  bool remove(const char* name);

  std::vector<std::string> names() const;

  // Bytes of the longest file that could be added now.
  int room() const;

 private:
  struct File {
    std::string name;
    uint32_t generation = 0;
    uint32_t checksum = 0;
    int size = 0;
    std::vector<int> blocks;  // the first is the head
  };
  // What a block says of itself.
  struct Mark {
    uint32_t generation = 0;
    uint8_t kind = 0;
    uint8_t number = 0;
  };

  int address_of(int block) const { return from_ + block * kBlock; }
  const File* find(const char* name) const;
  bool read_content(const File& file, std::string& content) const;
  bool read_head(int block, const std::vector<Mark>& marks, File& file) const;
  bool free_block(int block);
  bool drop(size_t index);

  hal::Fram& fram_;
  int from_;
  int count_;
  std::vector<bool> used_;
  std::vector<File> files_;
  uint32_t next_generation_ = 1;
};

}  // namespace evse
