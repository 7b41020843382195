#include "microocpp_backend/files_adapter.h"

#include <string.h>

namespace evse {

namespace {

constexpr size_t kPrefix = sizeof(MO_FILENAME_PREFIX) - 1;

// Without the folder, which all files are in. The library makes every path of that prefix.
const char* name_in(const char* path) { return strlen(path) < kPrefix ? "" : path + kPrefix; }

class Reader final : public MicroOcpp::FileAdapter {
 public:
  explicit Reader(std::string content) : content_(std::move(content)) {}

  size_t read(char* buffer, size_t size) override {
    const size_t rest = content_.size() - at_;
    const size_t part = size < rest ? size : rest;
    memcpy(buffer, content_.data() + at_, part);
    at_ += part;
    return part;
  }
  int read() override {
    return at_ < content_.size() ? static_cast<unsigned char>(content_[at_++]) : -1;
  }
  size_t write(const char*, size_t) override { return 0; }
  size_t seek(size_t offset) override {
    at_ = offset < content_.size() ? offset : content_.size();
    return at_;
  }

 private:
  std::string content_;
  size_t at_ = 0;
};

class Writer final : public MicroOcpp::FileAdapter {
 public:
  Writer(FramFiles& files, ocpp::EventLog& log, const char* name)
      : files_(files), log_(log), name_(name) {}
  ~Writer() override {
    if (!files_.save(name_.c_str(), content_)) log_.event(0, ("not kept: " + name_).c_str());
  }

  size_t read(char*, size_t) override { return 0; }
  int read() override { return -1; }
  size_t write(const char* bytes, size_t size) override {
    content_.append(bytes, size);
    return size;
  }
  size_t seek(size_t) override { return content_.size(); }

 private:
  FramFiles& files_;
  ocpp::EventLog& log_;
  std::string name_;
  std::string content_;
};

}  // namespace

int FilesAdapter::stat(const char* path, size_t* size) {
  const int found = files_.size_of(name_in(path));
  if (found < 0) return -1;
  *size = static_cast<size_t>(found);
  return 0;
}

std::unique_ptr<MicroOcpp::FileAdapter> FilesAdapter::open(const char* path, const char* mode) {
  const char* name = name_in(path);
  if (strcmp(mode, "w") == 0) {
    return std::unique_ptr<MicroOcpp::FileAdapter>(new Writer(files_, log_, name));
  }
  std::string content;
  if (strcmp(mode, "r") != 0 || !files_.load(name, content)) return nullptr;
  return std::unique_ptr<MicroOcpp::FileAdapter>(new Reader(std::move(content)));
}

bool FilesAdapter::remove(const char* path) { return files_.remove(name_in(path)); }

int FilesAdapter::ftw_root(std::function<int(const char*)> visit) {
  for (const std::string& name : files_.names()) {
    const int ended = visit(name.c_str());
    if (ended != 0) return ended;
  }
  return 0;
}

}  // namespace evse
