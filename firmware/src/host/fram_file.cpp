#include "fram_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

namespace evse::host {

FramFile::~FramFile() {
  if (file_ >= 0) close(file_);
}

bool FramFile::open(const char* directory) {
  char path[4096];
  const int length = snprintf(path, sizeof path, "%s/fram.bin", directory);
  if (length < 0 || length >= static_cast<int>(sizeof path)) {
    errno = ENAMETOOLONG;
    return false;
  }
  file_ = ::open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file_ < 0) return false;
  found_bytes_ = lseek(file_, 0, SEEK_END);
  // A file that was made and killed before its first byte is a new one too.
  was_there_ = found_bytes_ > 0;
  // A new file is all zeros, as a new chip is.
  return found_bytes_ >= 0 && ftruncate(file_, kSize) == 0;
}

bool FramFile::read(int address, uint8_t* data, int size) {
  return inside(address, size) &&
         pread(file_, data, static_cast<size_t>(size), address) == static_cast<ssize_t>(size);
}

bool FramFile::write(int address, const uint8_t* data, int size) {
  return inside(address, size) &&
         pwrite(file_, data, static_cast<size_t>(size), address) == static_cast<ssize_t>(size);
}

}  // namespace evse::host
