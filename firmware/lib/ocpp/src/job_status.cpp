#include "ocpp/job_status.h"

namespace evse::ocpp {

const char* name_of(JobStatus status) {
  constexpr const char* kNames[] = {"Idle",
                                    "Downloading",
                                    "Downloaded",
                                    "DownloadFailed",
                                    "DownloadScheduled",
                                    "SignatureVerified",
                                    "InvalidSignature",
                                    "InstallScheduled",
                                    "Installing",
                                    "InstallRebooting",
                                    "Installed",
                                    "InstallationFailed",
                                    "InstallVerificationFailed",
                                    "Uploading",
                                    "Uploaded",
                                    "UploadFailed",
                                    "UploadFailure",
                                    "PermissionDenied"};
  return kNames[static_cast<int>(status)];
}

bool is_final(JobStatus status) {
  switch (status) {
    case JobStatus::DownloadFailed:
    case JobStatus::InvalidSignature:
    case JobStatus::Installed:
    case JobStatus::InstallationFailed:
    case JobStatus::InstallVerificationFailed:
    case JobStatus::Uploaded:
    case JobStatus::UploadFailed:
    case JobStatus::UploadFailure:
    case JobStatus::PermissionDenied:
      return true;
    default:
      return false;
  }
}

}  // namespace evse::ocpp
