#include "microocpp_backend/update.h"

#include "microocpp_backend/library.h"

namespace evse {

namespace {

constexpr uint64_t kTellUs = 5000000;

}  // namespace

void Update::wire(const char* version) {
  MicroOcpp::FirmwareService* service = getFirmwareService();
  // Another one than before the restart is told as Installed.
  service->setBuildNumber(version);
  service->setOnDownload([this](const char* url) {
    url_ = url;
    step_ = Step::ToFetch;
    return true;
  });
  service->setDownloadStatusInput([this] {
    if (step_ == Step::FetchFailed) return MicroOcpp::DownloadStatus::DownloadFailed;
    return step_ < Step::Fetched ? MicroOcpp::DownloadStatus::NotDownloaded
                                 : MicroOcpp::DownloadStatus::Downloaded;
  });
  service->setOnInstall([this](const char*) {
    step_ = Step::ToInstall;
    return true;
  });
  // What is installed runs after the restart, and not before.
  service->setInstallationStatusInput([this] {
    return step_ == Step::InstallFailed ? MicroOcpp::InstallationStatus::InstallationFailed
                                        : MicroOcpp::InstallationStatus::NotInstalled;
  });
}

bool Update::is_out_of_service() const {
  switch (step_) {
    case Step::ToFetch:
    case Step::Fetching:
      return !updater_.fetches_while_charging();
    case Step::Fetched:
    case Step::ToInstall:
    case Step::Installing:
    case Step::Told:
    case Step::Restart:
      return true;
    case Step::None:
    case Step::FetchFailed:
    case Step::InstallFailed:
      break;
  }
  return false;
}

void Update::fail(Step step, uint64_t now_us) {
  log_.event(0, updater_.why());
  step_ = step;
  told_us_ = now_us + kTellUs;
}

void Update::poll(uint64_t now_us, bool safe) {
  const hal::Updater::State state = updater_.state();
  switch (step_) {
    case Step::ToFetch:
      if (!safe && !updater_.fetches_while_charging()) return;
      updater_.download(url_.c_str());
      url_.clear();
      step_ = Step::Fetching;
      return;
    case Step::Fetching:
      if (state == hal::Updater::State::Done) step_ = Step::Fetched;
      if (state == hal::Updater::State::Failed) fail(Step::FetchFailed, now_us);
      return;
    case Step::ToInstall:
      if (!safe) return;
      updater_.install();
      step_ = Step::Installing;
      return;
    case Step::Installing:
      if (state == hal::Updater::State::Failed) fail(Step::InstallFailed, now_us);
      if (state != hal::Updater::State::Done) return;
      told_us_ = now_us + kTellUs;
      step_ = Step::Told;
      return;
    case Step::Told:
      if (now_us >= told_us_) step_ = Step::Restart;
      return;
    case Step::FetchFailed:
    case Step::InstallFailed:
      // The library tries again after 10 s, and would take an old failure for a new one.
      if (now_us >= told_us_) step_ = Step::None;
      return;
    case Step::None:
    case Step::Fetched:
    case Step::Restart:
      return;
  }
}

}  // namespace evse
