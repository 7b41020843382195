// MicroOcpp 1.2.0: UpdateFirmware.
#pragma once

#include <functional>

namespace MicroOcpp {

enum class DownloadStatus { NotDownloaded, Downloaded, DownloadFailed };
enum class InstallationStatus { NotInstalled, Installed, InstallationFailed };

class FirmwareService {
 public:
  void setBuildNumber(const char* buildNumber);
  void setOnDownload(std::function<bool(const char* location)> onDownload);
  void setDownloadStatusInput(std::function<DownloadStatus()> downloadStatusInput);
  void setOnInstall(std::function<bool(const char* location)> onInstall);
  void setInstallationStatusInput(std::function<InstallationStatus()> installationStatusInput);
};

}  // namespace MicroOcpp
