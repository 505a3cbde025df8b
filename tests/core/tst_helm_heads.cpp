// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The quick look at documents never says more than the parser does. CASES=n tries more changed documents.
#include "core/base/paths.h"
#include "core/manifest/yaml.h"
#include "core/render/helm_heads.h"

#include <QtTest>

#include <boost/json.hpp>

#include <filesystem>
#include <random>

using namespace core;
namespace fs = std::filesystem;

namespace {

// What is wrong with the answer for a text, or "".
std::string wrong(const std::string& text)
{
    const auto kind = render::helm::plainKind(text);
    if (!kind)
        return {};
    manifest::YamlLimits limits;
    limits.allowDuplicateKeys = true;
    const auto parsed = manifest::parseYaml(text, "x", limits);
    if (!parsed)
        return "no YAML: " + parsed.error().message;
    if (parsed->size() != 1 || !parsed->front().value.is_object())
        return "not one mapping";
    const auto& object = parsed->front().value;
    if (manifest::text(object, {"kind"}) != *kind)
        return "another kind than " + std::string(*kind);
    const auto isBlock = [](const manifest::Value* value) {
        return value != nullptr && (value->is_object() || value->is_array());
    };
    if (isBlock(manifest::find(object, {"apiVersion"})) || isBlock(manifest::find(object, {"metadata", "name"})))
        return "a head that is no text";
    for (const auto& member : manifest::object(object, {"metadata", "annotations"}))
        if (isBlock(&member.value()) || member.key() == "helm.sh/hook")
            return "an annotation that is no text, or a hook";
    return {};
}

std::vector<std::string> documents()
{
    std::vector<std::string> all {"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  annotations:\n    b: \"c: "
                                  "d\"\n    e/f: 'it''s'\ndata:\n"
                                  "  text: |-\n    {{ x }}:\n      deeper\n\n    end\n  folded: >\n    a\n    b\n  "
                                  "empty:\n  long: first\n    second\n"
                                  "list:\n- a\n- b: 1\n  c: [x, y]\n-\n  - d\n  - - e\nother:\n  - {}\n",
                                  "kind: Service # with a comment\nmetadata:\n  # none\n  labels: {}\n  name: "
                                  "é—x\nspec:\n  ports:\n    - port: 80\n"
                                  "      name: \"http\"\n    - port: 1\n"};
    for (const char* part : {"charts", "kustomize"}) {
        const auto root = fs::path(CONFORMANCE_DIR) / part;
        if (!fs::exists(root))
            continue;
        for (const auto& entry : fs::recursive_directory_iterator(root)) {
            const auto name = entry.path().filename().string();
            if (name != "expected.yaml" && name != "expect.yaml")
                continue;
            const auto text = *paths::readFile(entry.path());
            for (std::size_t at = 0; at < text.size();) {
                const auto next = std::min(text.find("\n---\n", at), text.size() - 1);
                all.push_back(text.substr(at, next + 1 - at));
                at = next + 5;
            }
        }
    }
    return all;
}

} // namespace

class TestHelmHeads : public QObject
{
    Q_OBJECT

private slots:
    void agreesWithTheParser()
    {
        std::size_t known = 0;
        const auto all = documents();
        for (const auto& text : all) {
            const auto problem = wrong(text);
            QVERIFY2(problem.empty(), (problem + "\n" + text).c_str());
            known += render::helm::plainKind(text) ? 1U : 0U;
        }
        // It would be of no use otherwise.
        QVERIFY2(known * 4 > all.size() * 3, qPrintable(QString("%1 of %2").arg(known).arg(all.size())));
    }

    void agreesOnChangedDocuments()
    {
        static constexpr std::string_view kPieces[] = {":",
                                                       ": ",
                                                       " ",
                                                       "  ",
                                                       "\n",
                                                       "\n  ",
                                                       "-",
                                                       "- ",
                                                       "#",
                                                       " #",
                                                       "\t",
                                                       "\"",
                                                       "'",
                                                       "{",
                                                       "}",
                                                       "[",
                                                       "]",
                                                       "|",
                                                       ">",
                                                       "&a",
                                                       "*a",
                                                       "!",
                                                       "%",
                                                       "@",
                                                       "`",
                                                       ",",
                                                       "?",
                                                       "\\",
                                                       "~",
                                                       ".",
                                                       "<<",
                                                       "yes",
                                                       "---",
                                                       "\r",
                                                       "é",
                                                       "\x01",
                                                       "|-\n",
                                                       "0",
                                                       ".nan",
                                                       "\xc2\x85",
                                                       "\xe2\x80\xa8",
                                                       "\xff",
                                                       "null",
                                                       "? "};
        std::mt19937_64 random(7);
        auto all = documents();
        std::erase_if(all, [](const std::string& text) { return text.size() > 3000; });
        const auto count = qEnvironmentVariable("CASES", "20000").toULongLong();
        for (std::uint64_t i = 0; i < count; ++i) {
            auto text = all[random() % all.size()];
            for (auto edits = 1 + random() % 3; edits-- > 0 && !text.empty();) {
                const auto at = random() % text.size();
                const auto& piece = kPieces[random() % std::size(kPieces)];
                text.replace(at, random() % 3, piece);
            }
            const auto problem = wrong(text);
            QVERIFY2(problem.empty(), (problem + "\n" + text).c_str());
        }
    }
};

QTEST_GUILESS_MAIN(TestHelmHeads)
#include "tst_helm_heads.moc"
