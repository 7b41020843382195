// MicroOcpp's files, in the FRAM.
#pragma once

#include "microocpp_backend/fram_files.h"
#include "microocpp_backend/library.h"
#include "ocpp/settings.h"

namespace evse {

// A file is read when it is opened, and written when it is closed, as a whole. What does not fit
// is told to the log: the library has no ear for it.
class FilesAdapter final : public MicroOcpp::FilesystemAdapter {
 public:
  FilesAdapter(FramFiles& files, ocpp::EventLog& log) : files_(files), log_(log) {}

  int stat(const char* path, size_t* size) override;
  std::unique_ptr<MicroOcpp::FileAdapter> open(const char* path, const char* mode) override;
  bool remove(const char* path) override;
  // Calls with each name; ends with what is not 0, and returns it.
  int ftw_root(std::function<int(const char*)> visit) override;

 private:
  FramFiles& files_;
  ocpp::EventLog& log_;
};

}  // namespace evse
