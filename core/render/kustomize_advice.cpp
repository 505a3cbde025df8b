// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/kustomize_build.h"

namespace core::render::kustomize {

namespace {

struct Advice
{
    std::string_view cause; ///< words of the message, kustomize's own
    std::string_view advice;
};

// The first that fits holds: what is nearer to the cause stands before what wraps it.
constexpr Advice kAdvice[] {
    {"nodes after alias expansion", "use fewer aliases of aliases, or split the file"},
    {"nested deeper than", "nest it less deep"},
    {"is larger than", "split the file"},
    {"is longer than 4096 bytes", "shorten it"},
    {"mapping key", "give the key once"},
    {"found unknown escape character", "write the slash without a backslash"},
    {"map merge requires", "give the key << another name"},
    {"expected array in", "write the items as a list"},
    {"Failed to read kustomization file", "leave kind and apiVersion out, or write what is wanted"},
    {"unsupported replacement type", "write a replacement into the file, or a list of them"},
    {"invalid label ", "write letters, digits, '-', '_' and '.', 63 at most; keys may have a prefix before a slash"},
    {"the value must be an integer", "compare with a whole number"},
    {"must specify at least one target", "add targets"},
    {"fieldPath cannot be empty", "give each target a fieldPath"},
    {"strconv.", "let the field hold a decimal number"},
    {"cannot decode", "give the field a value of its type, or quote it"},
    {"valuesMerge must be one of", "use merge, override or replace"},
    {"must not start with '-'", "choose another name"},
    {"MalformedYAMLError", "mend the YAML there"},
    {"invalid Kustomization: yaml", "mend the YAML there"},
    {"unknown field", "check the field's name and how deep it is indented"},
    {"cannot unmarshal", "give a value of that type; quote what is to be text"},
    {"illegally qualifies as both", "write either a patch object or a list of operations"},
    {"unable to parse SM or JSON patch",
     "write an object with apiVersion, kind and metadata.name, or a list of operations"},
    {"missing Resource metadata", "give the object apiVersion, kind and metadata.name"},
    {"missing kind in object", "give the object a kind"},
    {"missing metadata.name in object", "give the object a metadata.name"},
    {"already registered id",
     "rename one of the two, list it once, or give the bases different prefixes or namespaces"},
    {"namespace transformation produces ID conflict", "rename one of the objects that fall together in the namespace"},
    {"no matches for Id",
     "check apiVersion, kind, name and namespace of the patch against the object, or select with a target"},
    {"multiple matches for Id", "give the patch a namespace or a target that leaves one object"},
    {"must specify a target for JSON patch", "add a target"},
    {"must specify the target name", "add target.name"},
    {"must specify one of patch and path", "give one of the two"},
    {"patch and path can't be set", "leave out one of the two"},
    {"must specify a file path or jsonOp", "leave out one of the two"},
    {"empty file path and empty", "give one of the two"},
    {"patch appears to be empty", "write operations into it, or remove the entry"},
    {"jsonpatch.Patch", "write a list of operations"},
    {"is not allowed to set `patches.target`", "make an entry of each patch"},
    {"testing value", "the object is not as the patch expects it: check the value, or remove the test"},
    {"Unable to remove nonexistent key", "remove the operation, or check its path"},
    {"doc is missing path", "check the path, or add its parents first"},
    {"invalid index referenced", "check how many elements the list has at that point"},
    {"wrong node kind", "the patch and the object differ in what stands at the field: check both"},
    {"unknown patch strategy", "use replace, merge or delete"},
    {"cycle detected", "remove the reference that leads back"},
    {"must build at directory", "list a file or a folder that has a kustomization"},
    {"unable to find one of 'kustomization.yaml'", "add a kustomization to the folder, or list its files"},
    {"no such file or directory", "check the path: it is relative to the folder of the kustomization"},
    {"must resolve to a file", "name a file"},
    {"expected kind 'Component'", "list it under resources, or make it a Component"},
    {"expected kind != 'Component'", "list it under components"},
    {"cannot be absolute", "write the path relative to the kustomization"},
    {"leads out of", "keep what is built below the root of the source"},
    {"expected key=value", "write KEY=VALUE"},
    {"illegally repeats the key", "give each key once"},
    {"behavior must be merge or replace", "set behavior, or choose another name"},
    {"cannot merge or replace", "remove behavior, or name what a base generates"},
    {"could accept merge", "give the generator a namespace that leaves one object"},
    {"does not match a config with the following GVK",
     "check the name, or list the kind under replicas in configurations"},
    {"replacements must specify", "give source (or sourceValue) and targets"},
    {"target must specify resources to select", "add select"},
    {"nothing selected by", "check kind, name and namespace of the source"},
    {"multiple matches for selector", "name more of the source: kind, name, namespace"},
    {"is missing for replacement source", "check fieldPath against the source object"},
    {"unable to find field", "check the path against the object, or set options.create"},
    {"specified but only", "check the index against the list"},
    {"is out of bounds", "check options.index against the text and its delimiter"},
    {"delimiter option can only be used", "remove the delimiter, or choose a field that is text"},
    {"already encountered", "give each var a name of its own"},
    {"unable to disambiguate", "add objref.namespace"},
    {"cannot be mapped to a field", "check objref against the objects, or remove the var"},
    {"not found in corresponding resource", "check fieldref against the object"},
    {"found multiple possible referrals",
     "give the objects different names, or list the reference under configurations"},
    {"conflicting fieldspecs", "give the path the same `create` as the other one"},
    {"builtin version and custom schema", "leave out version or path"},
    {"OpenAPI version is not built", "use v1.21.2, or a schema of your own with path"},
    {"must be one of [fifo, legacy]", "set order to fifo or legacy"},
    {"selected sort order is 'fifo'", "set order to legacy, or remove legacySortOptions"},
    {"not a transformer", "list it under generators"},
    {"not a generator", "list it under transformers"},
    {"unable to load builtin", "use one of kustomize's built-in generators and transformers"},
    {"validator shouldn't modify", "list it under transformers"},
    {"fieldSpecs is not expected to be nil", "add fieldSpecs"},
    {"field specs must target scalar nodes", "let the path end at a text"},
    {"considering field", "the field is not as the rule expects it: check its path against the object"},
    {"unsupported value", "JSON knows neither infinity nor NaN: quote the value"},
    {"map[interface {}]", "quote keys that look like numbers, booleans or null"},
    {"control characters", "remove the character, or put the text into binaryData"},
    {"kustomization.yaml is empty", "list resources in it"},
    {"error parsing regexp", "mend the pattern"},
    {"unable to parse requirement", "write key=value, key!=value, key in (a,b), key or !key"},
};

} // namespace

std::string adviceFor(std::string_view message)
{
    for (const auto& one : kAdvice) {
        if (message.find(one.cause) != std::string_view::npos)
            return std::string(one.advice);
    }
    return {};
}

} // namespace core::render::kustomize
