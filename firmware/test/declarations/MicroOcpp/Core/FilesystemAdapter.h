// MicroOcpp 1.2.0: where it keeps its files. As it is where MO_USE_FILEAPI=DISABLE_FS.
#pragma once

#include <stddef.h>

#include <functional>
#include <memory>

#define DISABLE_FS 0
#define MO_USE_FILEAPI DISABLE_FS
#define MO_FILENAME_PREFIX "/"

namespace MicroOcpp {

class FileAdapter {
 public:
  virtual ~FileAdapter() = default;
  virtual size_t read(char* buf, size_t len) = 0;
  virtual size_t write(const char* buf, size_t len) = 0;
  virtual size_t seek(size_t offset) = 0;
  virtual int read() = 0;
};

class FilesystemAdapter {
 public:
  virtual ~FilesystemAdapter() = default;
  virtual int stat(const char* path, size_t* size) = 0;
  virtual std::unique_ptr<FileAdapter> open(const char* fn, const char* mode) = 0;
  virtual bool remove(const char* fn) = 0;
  virtual int ftw_root(std::function<int(const char* fpath)> fn) = 0;
};

}  // namespace MicroOcpp
