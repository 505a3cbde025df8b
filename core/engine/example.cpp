// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/engine/example.h"

#include "core/base/paths.h"
#include "core/git/repository.h"
#include "core/kube/client.h"
#include "core/manifest/yaml.h"

#include <array>
#include <map>

namespace core::engine {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kPublicAddress = "https://github.com/org/ml-platform-config";

/// One commit of the history that a first start finds: the files below these folders.
struct Chapter
{
    std::string_view message;
    std::array<std::string_view, 3> folders;
};

constexpr std::array<Chapter, 4> kHistory {{
    {"platform: six waves from the namespace to scaling", {"platform/", "README.md", "-"}},
    {"models: serve llm-service v2.1.0", {"models/", "-", "-"}},
    {"rollouts: prove new inference servers on a slice of the traffic", {"rollouts/", "environments/", "-"}},
    {"argocd: describe the project, the application and who is told", {"argocd/", "-", "-"}},
}};

std::string localised(std::string text, const fs::path& folder)
{
    const std::string address = "file://" + folder.string();
    for (auto at = text.find(kPublicAddress); at != std::string::npos;
         at = text.find(kPublicAddress, at + address.size()))
        text.replace(at, kPublicAddress.size(), address);
    return text;
}

Result<std::map<std::string, std::string>> readTemplates(const fs::path& templates, const fs::path& folder)
{
    std::map<std::string, std::string> files;
    std::error_code ec;
    for (fs::recursive_directory_iterator it(templates, ec), end; !ec && it != end; it.increment(ec)) {
        if (!it->is_regular_file(ec))
            continue;
        PH_TRY(auto text, paths::readFile(it->path()));
        files[fs::relative(it->path(), templates, ec).generic_string()] = localised(std::move(text), folder);
    }
    if (ec || files.empty())
        return fail(Error::Code::NotFound, "the example platform is not installed", templates.string(),
                    "install Pilothouse's resources again");
    return files;
}

} // namespace

Result<> createExampleRepository(const fs::path& templates, const fs::path& folder)
{
    std::error_code ec;
    if (fs::exists(folder / ".git", ec))
        return {};
    PH_TRY(const auto files, readTemplates(templates, folder));
    // Built beside its place and renamed: a first start that is cut off leaves nothing half-made.
    const fs::path draft = folder.string() + ".new";
    fs::remove_all(draft, ec);
    PH_TRY(auto repository, git::Repository::init(draft));
    const git::Signature author {"ML platform team", "ml-platform@example.com"};
    std::string parent;
    for (const auto& chapter : kHistory) {
        git::Overlay changes;
        for (const auto& [name, text] : files)
            for (const auto prefix : chapter.folders)
                if (name.starts_with(prefix))
                    changes.files[name] = text;
        PH_TRY(parent, repository.commitFiles("main", parent, changes, std::string(chapter.message), author));
    }
    fs::rename(draft, folder, ec);
    if (ec)
        return fail(Error::Code::Io, "put the example repository in its place: " + ec.message(), folder.string());
    return {};
}

Result<> createExampleObjects(kube::Client& client, const fs::path& folder, std::stop_token stop)
{
    PH_TRY(auto repository, git::Repository::open(folder));
    PH_TRY(const auto commit, repository.resolve("main"));
    PH_TRY(const auto tree, repository.tree(commit));
    std::vector<manifest::Value> objects;
    PH_TRY(auto nameSpace,
           manifest::parseJson(R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"argocd"}})"));
    objects.push_back(std::move(nameSpace));
    for (const auto* file : {"argocd/project.yaml", "argocd/notifications.yaml", "argocd/application.yaml"}) {
        PH_TRY(const auto text, tree->read(file));
        PH_TRY(auto documents, manifest::parseYaml(text, file));
        for (auto& document : documents)
            objects.push_back(std::move(document.value));
    }
    for (const auto& object : objects) {
        auto created = client.create(object, {}, stop);
        if (!created && created.error().code != Error::Code::AlreadyExists)
            return tl::unexpected(created.error().within("create the example's " + manifest::keyOf(object).text()));
    }
    return {};
}

} // namespace core::engine
