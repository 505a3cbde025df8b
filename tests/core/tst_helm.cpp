// SPDX-FileCopyrightText: 2026 The Pilothouse authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/render/helm.h"

#include <QtTest>

class TestHelm : public QObject
{
    Q_OBJECT
private slots:
    void nothing() { }
};

QTEST_GUILESS_MAIN(TestHelm)
#include "tst_helm.moc"
