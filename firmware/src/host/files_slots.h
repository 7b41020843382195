// Two slots for images as files of this machine, and which of them the boot loader starts.
//
// `slot.txt` has the number of the slot and the version in it; without it the program is the one
// that left the factory, in slot 0. An image (`slot0.bin`, `slot1.bin`) is kept and not run: it is
// the twin's kind of image (docs/twin.md), a header with a checksum and a version, then anything.
#pragma once

#include <stdint.h>
#include <stdio.h>

#include "certificates/signature.h"

namespace evse::host {

class ImageSlots {
 public:
  ImageSlots() = default;
  ImageSlots(const ImageSlots&) = delete;
  ImageSlots& operator=(const ImageSlots&) = delete;
  ~ImageSlots() { close(); }

  // False: there is a `slot.txt` that makes no sense, or it cannot be read.
  bool open(const char* directory);

  uint8_t running() const { return running_; }
  // Of the image that runs; empty: the one that left the factory.
  const char* version() const { return version_; }

  // The slot that does not run. False: the memory fails.
  bool erase();
  bool append(const uint8_t* data, int size);
  bool digest(uint8_t (&digest)[certificates::kDigestBytes]);
  void close();

  // Makes the image in it the next to start. Null; else why not.
  const char* activate();

 private:
  static constexpr int kPath = 4096;
  static constexpr int kLongestVersion = 50;  // OCPP 1.6 6.3: CiString50

  bool path(char (&path)[kPath], const char* name, int slot = -1) const;
  FILE* inactive(const char* mode) const;
  const char* read_version(char (&version)[kLongestVersion + 1]) const;

  const char* directory_ = "";
  uint8_t running_ = 0;
  char version_[kLongestVersion + 1] = "";
  FILE* written_ = nullptr;
};

}  // namespace evse::host
