<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ar" sourcelanguage="en">
<context>
    <name>ui</name>
    <message>
        <source>Weight</source>
        <translation>الوزن</translation>
    </message>
    <message>
        <source>set</source>
        <translation>المطلوب</translation>
    </message>
    <message>
        <source>stable</source>
        <translation>المستقر</translation>
    </message>
    <message>
        <source>baseline</source>
        <translation>خط الأساس</translation>
    </message>
    <message>
        <source>canary</source>
        <translation>الكناري</translation>
    </message>
    <message>
        <source>no limit set</source>
        <translation>بلا حد</translation>
    </message>
    <message>
        <source>limit %1</source>
        <translation>الحد %1</translation>
    </message>
    <message>
        <source>Promote</source>
        <translation>ترقية</translation>
    </message>
    <message>
        <source>Promote fully</source>
        <translation>ترقية كاملة</translation>
    </message>
    <message>
        <source>Skip step</source>
        <translation>تخطَّ الخطوة</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>إيقاف مؤقت</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>استئناف</translation>
    </message>
    <message>
        <source>Abort</source>
        <translation>إلغاء</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>إعادة المحاولة</translation>
    </message>
    <message>
        <source>Restart pods</source>
        <translation>إعادة تشغيل Pods</translation>
    </message>
    <message>
        <source>The rollout is aborted: retry it first.</source>
        <translation>أُلغي الإطلاق: أعد المحاولة أولاً.</translation>
    </message>
    <message>
        <source>No rollout is in progress.</source>
        <translation>لا إطلاق يجري.</translation>
    </message>
    <message>
        <source>It is paused already.</source>
        <translation>هو متوقف مؤقتاً بالفعل.</translation>
    </message>
    <message>
        <source>It is not paused.</source>
        <translation>ليس متوقفاً مؤقتاً.</translation>
    </message>
    <message>
        <source>Only an aborted rollout can be retried.</source>
        <translation>لا تُعاد إلا محاولة إطلاق مُلغى.</translation>
    </message>
    <message>
        <source>Abort the rollout of %1?</source>
        <translation>أتُلغي إطلاق %1؟</translation>
    </message>
    <message>
        <source>All traffic goes back to the stable version, and the canary is scaled down. Git still asks for the new version until it is reverted there.</source>
        <translation>تعود كل الحركة إلى النسخة المستقرة ويُصغَّر الكناري. يبقى Git طالباً النسخة الجديدة حتى تُعكس هناك.</translation>
    </message>
    <message>
        <source>Abort the rollout</source>
        <translation>ألغِ الإطلاق</translation>
    </message>
    <message>
        <source>Promote %1 fully?</source>
        <translation>أترقّي %1 كاملاً؟</translation>
    </message>
    <message>
        <source>All remaining steps, pauses and analyses are skipped: the new version gets all traffic.</source>
        <translation>تُتخطى كل الخطوات والتوقفات والتحاليل الباقية: تأخذ النسخة الجديدة كل الحركة.</translation>
    </message>
    <message>
        <source>%1: now %2, between %3 and %4</source>
        <comment>series of a chart: its values</comment>
        <translation>%1: الآن %2، بين %3 و%4</translation>
    </message>
    <message>
        <source>%1: no value yet</source>
        <comment>series of a chart</comment>
        <translation>%1: لا قيمة بعد</translation>
    </message>
    <message>
        <source>worse, %1 sure</source>
        <translation>أسوأ، بثقة %1</translation>
    </message>
    <message>
        <source>not worse, %1 sure</source>
        <translation>ليس أسوأ، بثقة %1</translation>
    </message>
    <message>
        <source>undecided, %1 sure</source>
        <translation>لم يُحسم، بثقة %1</translation>
    </message>
    <message numerus="yes">
        <source>needs about %n more request(s)</source>
        <translation>
            <numerusform>لا يحتاج إلى طلبات أخرى</numerusform>
            <numerusform>يحتاج إلى طلب واحد آخر تقريبًا</numerusform>
            <numerusform>يحتاج إلى طلبين آخرين تقريبًا</numerusform>
            <numerusform>يحتاج إلى نحو %n طلبات أخرى</numerusform>
            <numerusform>يحتاج إلى نحو %n طلبًا آخر</numerusform>
            <numerusform>يحتاج إلى نحو %n طلب آخر</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>needs about %n more measurement(s)</source>
        <translation>
            <numerusform>لا يحتاج إلى قياسات أخرى</numerusform>
            <numerusform>يحتاج إلى قياس واحد آخر تقريبًا</numerusform>
            <numerusform>يحتاج إلى قياسين آخرين تقريبًا</numerusform>
            <numerusform>يحتاج إلى نحو %n قياسات أخرى</numerusform>
            <numerusform>يحتاج إلى نحو %n قياسًا آخر</numerusform>
            <numerusform>يحتاج إلى نحو %n قياس آخر</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 does not answer; what is shown of it may be out of date: %2</source>
        <translation>لا يستجيب %1، وقد يكون المعروض عنه قديمًا: %2</translation>
    </message>
    <message>
        <source>Connecting to %1…</source>
        <translation>جارٍ الاتصال بـ %1…</translation>
    </message>
    <message>
        <source>set ┄ · recorded ─</source>
        <translation>المطلوب ┄ · المسجَّل ─</translation>
    </message>
    <message>
        <source>set ┄ · recorded ─ · measured ●</source>
        <translation>المطلوب ┄ · المسجَّل ─ · المقيس ●</translation>
    </message>
    <message>
        <source>recorded</source>
        <translation>المسجَّل</translation>
    </message>
    <message>
        <source>measured</source>
        <translation>المقيس</translation>
    </message>
    <message numerus="yes">
        <source>%n failure(s) left</source>
        <translation>
            <numerusform>لا يُسمح بفشل آخر</numerusform>
            <numerusform>بقي فشل واحد</numerusform>
            <numerusform>بقي إخفاقان</numerusform>
            <numerusform>بقيت %n إخفاقات</numerusform>
            <numerusform>بقي %n إخفاقًا</numerusform>
            <numerusform>بقي %n إخفاق</numerusform>
        </translation>
    </message>
    <message>
        <source>Undo %1 to revision %2?</source>
        <translation>إرجاع %1 إلى المراجعة %2؟</translation>
    </message>
    <message>
        <source>The pods of that revision come back, through the steps of the strategy. Git still asks for the present version: an application that heals itself brings it again until it is reverted there.</source>
        <translation>تعود Pods تلك المراجعة عبر خطوات الاستراتيجية. ما زال Git يطلب الإصدار الحالي: التطبيق الذي يصلح نفسه يعيده إلى أن يُتراجع عنه هناك.</translation>
    </message>
    <message>
        <source>Undo to %1</source>
        <translation>ارجع إلى %1</translation>
    </message>
    <message>
        <source>Undo %1 to revision %2</source>
        <translation>إرجاع %1 إلى المراجعة %2</translation>
    </message>
</context>
<context>
    <name>ui::AccessGate</name>
    <message>
        <source>This window is read-only.</source>
        <translation>هذه النافذة للقراءة فقط.</translation>
    </message>
    <message>
        <source>The cluster cannot be reached.</source>
        <translation>لا يمكن الوصول إلى العنقود.</translation>
    </message>
    <message>
        <source>You may not: the verb is missing (%1).</source>
        <translation>لا يُسمح لك: الصلاحية ناقصة (%1).</translation>
    </message>
</context>
<context>
    <name>ui::Action</name>
    <message>
        <source>no change</source>
        <translation>لا تغيير</translation>
    </message>
    <message>
        <source>create</source>
        <translation>إنشاء</translation>
    </message>
    <message>
        <source>patch</source>
        <translation>تعديل</translation>
    </message>
    <message>
        <source>prune</source>
        <translation>تقليم</translation>
    </message>
    <message>
        <source>replace</source>
        <translation>استبدال</translation>
    </message>
    <message>
        <source>hook</source>
        <translation>خطّاف</translation>
    </message>
</context>
<context>
    <name>ui::Actions</name>
    <message>
        <source>Search or run…</source>
        <translation>ابحث أو نفّذ...</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>تحديث</translation>
    </message>
    <message>
        <source>Refresh without cache</source>
        <translation>تحديث بلا ذاكرة مخبأة</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>خطة</translation>
    </message>
    <message>
        <source>Sync</source>
        <translation>مزامنة</translation>
    </message>
    <message>
        <source>Terminate the operation</source>
        <translation>أنهِ العملية</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>تراجع</translation>
    </message>
    <message>
        <source>Automated sync</source>
        <translation>مزامنة تلقائية</translation>
    </message>
    <message>
        <source>Promote</source>
        <translation>ترقية</translation>
    </message>
    <message>
        <source>Promote fully</source>
        <translation>ترقية كاملة</translation>
    </message>
    <message>
        <source>Skip this step</source>
        <translation>تخطَّ هذه الخطوة</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>إيقاف مؤقت</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>استئناف</translation>
    </message>
    <message>
        <source>Abort</source>
        <translation>إلغاء</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>إعادة المحاولة</translation>
    </message>
    <message>
        <source>Restart pods</source>
        <translation>إعادة تشغيل Pods</translation>
    </message>
    <message>
        <source>Applications</source>
        <translation>التطبيقات</translation>
    </message>
    <message>
        <source>Tree</source>
        <translation>الشجرة</translation>
    </message>
    <message>
        <source>Diff</source>
        <translation>فروق</translation>
    </message>
    <message>
        <source>Canary</source>
        <translation>الكناري</translation>
    </message>
    <message>
        <source>Source files</source>
        <translation>ملفات المصدر</translation>
    </message>
    <message>
        <source>History</source>
        <translation>التاريخ</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>السجلات</translation>
    </message>
    <message>
        <source>All rollouts</source>
        <translation>كل عمليات الإطلاق</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>الموارد</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>السجل</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>النماذج</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>وحدات GPU</translation>
    </message>
    <message>
        <source>Close tab</source>
        <translation>أغلق التبويب</translation>
    </message>
    <message>
        <source>Next tab</source>
        <translation>التبويب التالي</translation>
    </message>
    <message>
        <source>Previous tab</source>
        <translation>التبويب السابق</translation>
    </message>
    <message>
        <source>Copy the last error</source>
        <translation>انسخ آخر خطأ</translation>
    </message>
    <message>
        <source>Lock panels in place</source>
        <translation>ثبّت اللوحات</translation>
    </message>
    <message>
        <source>Reset panels</source>
        <translation>أعد اللوحات إلى أصلها</translation>
    </message>
    <message>
        <source>As the desktop</source>
        <translation>كسطح المكتب</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>فاتح</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>داكن</translation>
    </message>
    <message>
        <source>High contrast, light</source>
        <translation>تباين عالٍ، فاتح</translation>
    </message>
    <message>
        <source>High contrast, dark</source>
        <translation>تباين عالٍ، داكن</translation>
    </message>
    <message>
        <source>Colour-blind, light</source>
        <translation>لعمى الألوان، فاتح</translation>
    </message>
    <message>
        <source>Colour-blind, dark</source>
        <translation>لعمى الألوان، داكن</translation>
    </message>
    <message>
        <source>Compact rows</source>
        <translation>صفوف متراصة</translation>
    </message>
    <message>
        <source>Less movement</source>
        <translation>حركة أقل</translation>
    </message>
    <message>
        <source>Arabic-Indic digits</source>
        <translation>أرقام عربية مشرقية</translation>
    </message>
    <message>
        <source>Cluster clock at normal speed</source>
        <translation>ساعة العنقود بسرعتها المعتادة</translation>
    </message>
    <message>
        <source>Cluster clock ten times faster</source>
        <translation>ساعة العنقود أسرع عشر مرات</translation>
    </message>
    <message>
        <source>Cluster clock sixty times faster</source>
        <translation>ساعة العنقود أسرع ستين مرة</translation>
    </message>
    <message>
        <source>Verify the journal</source>
        <translation>تحقّق من السجل</translation>
    </message>
    <message>
        <source>About Pilothouse</source>
        <translation>عن Pilothouse</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>خروج</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>مشكلات</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>الأحداث</translation>
    </message>
    <message>
        <source>Administration</source>
        <translation>الإدارة</translation>
    </message>
    <message>
        <source>Read-only</source>
        <translation>للقراءة فقط</translation>
    </message>
    <message>
        <source>Needs a decision</source>
        <translation>بانتظار قرار</translation>
    </message>
    <message>
        <source>Plan everything that differs</source>
        <translation>خطّط لكل ما يختلف</translation>
    </message>
    <message>
        <source>Copy a link to this place</source>
        <translation>انسخ رابطاً إلى هذا الموضع</translation>
    </message>
    <message>
        <source>Open the copied link</source>
        <translation>افتح الرابط المنسوخ</translation>
    </message>
    <message>
        <source>Show this tab beside the others</source>
        <translation>اعرض هذا اللسان بجانب غيره</translation>
    </message>
    <message>
        <source>Move this tab to a window of its own</source>
        <translation>انقل هذا اللسان إلى نافذة مستقلة</translation>
    </message>
    <message>
        <source>Layout: triage</source>
        <translation>الترتيب: الفرز</translation>
    </message>
    <message>
        <source>Layout: review</source>
        <translation>الترتيب: المراجعة</translation>
    </message>
    <message>
        <source>Layout: canary</source>
        <translation>الترتيب: الكناري</translation>
    </message>
    <message>
        <source>Save the layout…</source>
        <translation>احفظ الترتيب…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts…</source>
        <translation>اختصارات لوحة المفاتيح…</translation>
    </message>
    <message>
        <source>Terminal in the pod</source>
        <translation>طرفية في الحاوية</translation>
    </message>
    <message>
        <source>Forwarded ports</source>
        <translation>المنافذ المُحوَّلة</translation>
    </message>
    <message>
        <source>Open a connection…</source>
        <translation>فتح اتصال…</translation>
    </message>
    <message>
        <source>New…</source>
        <translation>جديد…</translation>
    </message>
    <message>
        <source>Open a snapshot…</source>
        <translation>افتح لقطة…</translation>
    </message>
    <message>
        <source>Save a snapshot of this cluster…</source>
        <translation>احفظ لقطة لهذا العنقود…</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>رجوع</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>تحويل</translation>
    </message>
    <message>
        <source>Favourite application</source>
        <translation>تطبيق مفضّل</translation>
    </message>
    <message>
        <source>Close the other tabs</source>
        <translation>أغلق الألسنة الأخرى</translation>
    </message>
    <message>
        <source>Open the closed tab again</source>
        <translation>افتح اللسان المغلق من جديد</translation>
    </message>
    <message>
        <source>Palettes of your own…</source>
        <translation>لوحات ألوان خاصة بك…</translation>
    </message>
    <message>
        <source>This connection is production</source>
        <translation>هذا الاتصال للإنتاج</translation>
    </message>
    <message>
        <source>This connection is for staging</source>
        <translation>هذا الاتصال للتجهيز</translation>
    </message>
    <message>
        <source>This connection is for development</source>
        <translation>هذا الاتصال للتطوير</translation>
    </message>
    <message>
        <source>This connection is of no special kind</source>
        <translation>هذا الاتصال بلا تصنيف خاص</translation>
    </message>
    <message>
        <source>Keys and commands</source>
        <translation>المفاتيح والأوامر</translation>
    </message>
    <message>
        <source>ApplicationSets</source>
        <translation>مجموعات التطبيقات</translation>
    </message>
</context>
<context>
    <name>ui::AdminPage</name>
    <message>
        <source>password</source>
        <translation>كلمة مرور</translation>
    </message>
    <message>
        <source>token</source>
        <translation>رمز وصول</translation>
    </message>
    <message>
        <source>bearer token</source>
        <translation>رمز Bearer</translation>
    </message>
    <message>
        <source>SSH key</source>
        <translation>مفتاح SSH</translation>
    </message>
    <message>
        <source>client certificate</source>
        <translation>شهادة عميل</translation>
    </message>
    <message>
        <source>exec plug-in</source>
        <translation>ملحق exec</translation>
    </message>
    <message>
        <source>cloud identity</source>
        <translation>هوية سحابية</translation>
    </message>
    <message>
        <source>none</source>
        <translation>لا شيء</translation>
    </message>
    <message>
        <source>Subscribe %1</source>
        <translation>اشتراك %1</translation>
    </message>
    <message>
        <source>Remove the subscription of %1?</source>
        <translation>أتزيل اشتراك %1؟</translation>
    </message>
    <message>
        <source>Nobody named in it is told by this subscription any more.</source>
        <translation>لن يُبلَّغ أحد ممن ذُكروا فيه عبر هذا الاشتراك بعد الآن.</translation>
    </message>
    <message>
        <source>Remove the subscription</source>
        <translation>أزِل الاشتراك</translation>
    </message>
    <message>
        <source>Remove the subscription of %1</source>
        <translation>إزالة اشتراك %1</translation>
    </message>
    <message>
        <source>Administration</source>
        <translation>الإدارة</translation>
    </message>
    <message>
        <source>Reading projects, repositories and clusters</source>
        <translation>قراءة المشاريع والمستودعات والعناقيد</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>المشروع</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>الوصف</translation>
    </message>
    <message>
        <source>Applications</source>
        <translation>التطبيقات</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>المصادر</translation>
    </message>
    <message>
        <source>Destinations</source>
        <translation>الوجهات</translation>
    </message>
    <message>
        <source>Roles</source>
        <translation>الأدوار</translation>
    </message>
    <message>
        <source>Windows</source>
        <translation>النوافذ</translation>
    </message>
    <message>
        <source>No project is defined: applications live in &quot;default&quot;.</source>
        <translation>لا مشروع معرَّف: التطبيقات في &quot;default&quot;.</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>المستودع</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>النوع</translation>
    </message>
    <message>
        <source>Credential</source>
        <translation>الاعتماد</translation>
    </message>
    <message>
        <source>User</source>
        <translation>المستخدم</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>ملاحظة</translation>
    </message>
    <message>
        <source>No repository is known yet.</source>
        <translation>لا مستودع معروف بعد.</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>العنقود</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>الخادم</translation>
    </message>
    <message>
        <source>Namespaces</source>
        <translation>Namespaces</translation>
    </message>
    <message>
        <source>No cluster is registered.</source>
        <translation>لا عنقود مسجَّل.</translation>
    </message>
    <message>
        <source>For</source>
        <translation>لأجل</translation>
    </message>
    <message>
        <source>Subject</source>
        <translation>الموضوع</translation>
    </message>
    <message>
        <source>Expires</source>
        <translation>تنتهي</translation>
    </message>
    <message>
        <source>Fingerprint</source>
        <translation>البصمة</translation>
    </message>
    <message>
        <source>No certificate, host key or signing key is configured.</source>
        <translation>لا شهادة ولا مفتاح مضيف ولا مفتاح توقيع مُعدّ.</translation>
    </message>
    <message>
        <source>Subscriber</source>
        <translation>المشترك</translation>
    </message>
    <message>
        <source>Trigger</source>
        <translation>المُطلِق</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>الخدمة</translation>
    </message>
    <message>
        <source>Recipients</source>
        <translation>المستلمون</translation>
    </message>
    <message>
        <source>Nobody is subscribed to anything.</source>
        <translation>لا أحد مشترك في شيء.</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>النافذة</translation>
    </message>
    <message>
        <source>State</source>
        <translation>الحالة</translation>
    </message>
    <message>
        <source>Opens or closes</source>
        <translation>تفتح أو تغلق</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>يدوياً</translation>
    </message>
    <message>
        <source>No project has sync windows: a sync may run at any time.</source>
        <translation>لا نوافذ مزامنة لأي مشروع: يجوز أن تجري المزامنة في أي وقت.</translation>
    </message>
    <message>
        <source>certificates are not checked</source>
        <translation>لا تُفحص الشهادات</translation>
    </message>
    <message>
        <source>credentials for all below this URL</source>
        <translation>اعتماد لكل ما تحت هذا العنوان</translation>
    </message>
    <message>
        <source>not registered: read without credentials</source>
        <translation>غير مسجَّل: يُقرأ بلا اعتماد</translation>
    </message>
    <message>
        <source>every one</source>
        <translation>كلها</translation>
    </message>
    <message>
        <source>all</source>
        <translation>الكل</translation>
    </message>
    <message>
        <source>this connection</source>
        <translation>هذا الاتصال</translation>
    </message>
    <message>
        <source>expired</source>
        <translation>منتهية</translation>
    </message>
    <message>
        <source>expires soon</source>
        <translation>تنتهي قريباً</translation>
    </message>
    <message>
        <source>every application</source>
        <translation>كل تطبيق</translation>
    </message>
    <message>
        <source>the default triggers</source>
        <translation>المُطلِقات الافتراضية</translation>
    </message>
    <message>
        <source>from the notifications&apos; configuration</source>
        <translation>من إعداد الإشعارات</translation>
    </message>
    <message>
        <source>closes %1</source>
        <translation>تغلق %1</translation>
    </message>
    <message>
        <source>opens %1</source>
        <translation>تفتح %1</translation>
    </message>
    <message>
        <source>broken</source>
        <translation>معطوبة</translation>
    </message>
    <message>
        <source>open</source>
        <translation>مفتوحة</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>مغلقة</translation>
    </message>
    <message>
        <source>allowed</source>
        <translation>مسموح</translation>
    </message>
    <message>
        <source>held too</source>
        <translation>ممنوع أيضاً</translation>
    </message>
    <message numerus="yes">
        <source>%n entry(s)</source>
        <translation>
            <numerusform>لا قيود</numerusform>
            <numerusform>قيد واحد</numerusform>
            <numerusform>قيدان</numerusform>
            <numerusform>%n قيود</numerusform>
            <numerusform>%n قيداً</numerusform>
            <numerusform>%n قيد</numerusform>
        </translation>
    </message>
    <message>
        <source>Projects</source>
        <translation>المشاريع</translation>
    </message>
    <message>
        <source>Repositories</source>
        <translation>المستودعات</translation>
    </message>
    <message>
        <source>Clusters</source>
        <translation>العناقيد</translation>
    </message>
    <message>
        <source>Certificates and keys</source>
        <translation>الشهادات والمفاتيح</translation>
    </message>
    <message>
        <source>Subscriptions</source>
        <translation>الاشتراكات</translation>
    </message>
    <message>
        <source>Sync windows</source>
        <translation>نوافذ المزامنة</translation>
    </message>
    <message>
        <source>Calendar of sync windows</source>
        <translation>تقويم نوافذ المزامنة</translation>
    </message>
    <message>
        <source>Filter…</source>
        <translation>تصفية…</translation>
    </message>
    <message>
        <source>Show and edit the manifest</source>
        <translation>اعرض المستند وحرّره</translation>
    </message>
    <message>
        <source>Remove the subscription…</source>
        <translation>أزِل الاشتراك…</translation>
    </message>
    <message>
        <source>New…</source>
        <translation>جديد…</translation>
    </message>
    <message>
        <source>Account</source>
        <translation>الحساب</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>النوع</translation>
    </message>
    <message>
        <source>May</source>
        <translation>يسمح له</translation>
    </message>
    <message>
        <source>Tokens</source>
        <translation>الرموز</translation>
    </message>
    <message>
        <source>No account is configured.</source>
        <translation>لم يُضبط أي حساب.</translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation>لا يجيب</translation>
    </message>
    <message>
        <source>sign in</source>
        <translation>الدخول</translation>
    </message>
    <message>
        <source>make tokens</source>
        <translation>إنشاء الرموز</translation>
    </message>
    <message>
        <source>local account</source>
        <translation>حساب محلي</translation>
    </message>
    <message>
        <source>user or group</source>
        <translation>مستخدم أو مجموعة</translation>
    </message>
    <message>
        <source>turned off</source>
        <translation>معطّل</translation>
    </message>
    <message numerus="yes">
        <source>%n token(s) expired</source>
        <translation>
            <numerusform>لم ينتهِ أي رمز</numerusform>
            <numerusform>انتهى رمز واحد</numerusform>
            <numerusform>انتهى رمزان</numerusform>
            <numerusform>انتهت %n رموز</numerusform>
            <numerusform>انتهى %n رمزاً</numerusform>
            <numerusform>انتهى %n رمز</numerusform>
        </translation>
    </message>
    <message>
        <source>made %1</source>
        <translation>أُنشئ %1</translation>
    </message>
    <message>
        <source>never expires</source>
        <translation>لا ينتهي</translation>
    </message>
    <message>
        <source>expires %1</source>
        <translation>ينتهي %1</translation>
    </message>
    <message>
        <source>Accounts</source>
        <translation>الحسابات</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>حذف…</translation>
    </message>
</context>
<context>
    <name>ui::Alert</name>
    <message>
        <source>%1 needs a decision</source>
        <translation>%1 بانتظار قرار</translation>
    </message>
    <message>
        <source>The sync of %1 failed</source>
        <translation>فشلت مزامنة %1</translation>
    </message>
    <message numerus="yes">
        <source>%n more need a look</source>
        <translation>
            <numerusform>لا شيء آخر يحتاج إلى نظر</numerusform>
            <numerusform>واحد آخر يحتاج إلى نظر</numerusform>
            <numerusform>اثنان آخران يحتاجان إلى نظر</numerusform>
            <numerusform>%n أخرى تحتاج إلى نظر</numerusform>
            <numerusform>%n آخر يحتاج إلى نظر</numerusform>
            <numerusform>%n آخر يحتاج إلى نظر</numerusform>
        </translation>
    </message>
    <message>
        <source>The list of problems has them all.</source>
        <translation>قائمة المشكلات تضمّها كلها.</translation>
    </message>
</context>
<context>
    <name>ui::AppBoard</name>
    <message>
        <source>Need somebody</source>
        <translation>تحتاج إلى أحد</translation>
    </message>
    <message>
        <source>Differ from Git</source>
        <translation>تختلف عن Git</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>قيد العمل</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>بالانتظار</translation>
    </message>
    <message>
        <source>In order</source>
        <translation>على ما يرام</translation>
    </message>
</context>
<context>
    <name>ui::AppListModel</name>
    <message>
        <source>Name</source>
        <translation>الاسم</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>الصحة</translation>
    </message>
    <message>
        <source>Sync</source>
        <translation>مزامنة</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>العملية</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>المراجعة</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>المشروع</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>العنقود</translation>
    </message>
    <message>
        <source>GPU</source>
        <translation>GPU</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>العمر</translation>
    </message>
    <message>
        <source>on</source>
        <translation>مشغّلة</translation>
    </message>
    <message>
        <source>off</source>
        <translation>متوقفة</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>Namespace</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>المسار</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>الفرع</translation>
    </message>
    <message>
        <source>Automated sync</source>
        <translation>مزامنة تلقائية</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>الموارد</translation>
    </message>
    <message>
        <source>favourite</source>
        <translation>مفضّل</translation>
    </message>
    <message>
        <source>no favourite</source>
        <translation>غير مفضّل</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>النموذج</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>المجلد</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>المستودع</translation>
    </message>
</context>
<context>
    <name>ui::AppQuery</name>
    <message>
        <source>There is a closing bracket too many.</source>
        <translation>هناك قوس إغلاق زائد.</translation>
    </message>
    <message>
        <source>The text in quotes does not end: a quotation mark is missing.</source>
        <translation>النص بين علامتي الاقتباس لا ينتهي: تنقص علامة اقتباس.</translation>
    </message>
    <message>
        <source>A closing bracket is missing.</source>
        <translation>ينقص قوس إغلاق.</translation>
    </message>
    <message>
        <source>After %1 a number is expected: %2</source>
        <translation>بعد %1 يُنتظر عدد: %2</translation>
    </message>
    <message>
        <source>%1 cannot be compared; these can: %2</source>
        <translation>لا تمكن مقارنة %1؛ ما يمكن مقارنته: %2</translation>
    </message>
    <message>
        <source>There is no field %1; there are: %2</source>
        <translation>لا يوجد حقل %1؛ الموجود: %2</translation>
    </message>
    <message>
        <source>There is no field %1. Did you mean %2?</source>
        <translation>لا يوجد حقل %1. هل تقصد %2؟</translation>
    </message>
    <message>
        <source>%1 can be: %2</source>
        <translation>يمكن أن يكون %1 أحد: %2</translation>
    </message>
    <message>
        <source>%1 is no value of %2. Did you mean %3?</source>
        <translation>%1 ليست قيمة من قيم %2. هل تقصد %3؟</translation>
    </message>
    <message>
        <source>The regular expression %1 is not valid at character %2: %3</source>
        <translation>التعبير النمطي %1 غير صالح عند المحرف %2: %3</translation>
    </message>
</context>
<context>
    <name>ui::AppSummary</name>
    <message>
        <source>Summary</source>
        <translation>ملخص</translation>
    </message>
    <message>
        <source>State</source>
        <translation>الحالة</translation>
    </message>
    <message>
        <source>Applications</source>
        <translation>التطبيقات</translation>
    </message>
</context>
<context>
    <name>ui::AppsPage</name>
    <message>
        <source>Sync %1</source>
        <translation>مزامنة %1</translation>
    </message>
    <message>
        <source>Refresh %1</source>
        <translation>تحديث %1</translation>
    </message>
    <message>
        <source>Applications</source>
        <translation>التطبيقات</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>جدول</translation>
    </message>
    <message>
        <source>Tiles</source>
        <translation>بطاقات</translation>
    </message>
    <message>
        <source>View</source>
        <translation>عرض</translation>
    </message>
    <message>
        <source>Filter: name, project:ml, health:degraded, /regex/</source>
        <translation>تصفية: اسم، project:ml، health:degraded، /regex/</translation>
    </message>
    <message>
        <source>Filter applications</source>
        <translation>تصفية التطبيقات</translation>
    </message>
    <message>
        <source>Clear the filter</source>
        <translation>امسح التصفية</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>%1 من %2</translation>
    </message>
    <message numerus="yes">
        <source>Sync %n selected</source>
        <translation>
            <numerusform>مزامنة المختار</numerusform>
            <numerusform>مزامنة المختار</numerusform>
            <numerusform>مزامنة المختارَين</numerusform>
            <numerusform>مزامنة %n مختارة</numerusform>
            <numerusform>مزامنة %n مختاراً</numerusform>
            <numerusform>مزامنة %n مختار</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Refresh %n selected</source>
        <translation>
            <numerusform>تحديث المختار</numerusform>
            <numerusform>تحديث المختار</numerusform>
            <numerusform>تحديث المختارَين</numerusform>
            <numerusform>تحديث %n مختارة</numerusform>
            <numerusform>تحديث %n مختاراً</numerusform>
            <numerusform>تحديث %n مختار</numerusform>
        </translation>
    </message>
    <message>
        <source>No application fits the filter.</source>
        <translation>لا تطبيق يوافق التصفية.</translation>
    </message>
    <message>
        <source>Words, field:value (name, project, cluster, namespace, repo, path, image, revision, health, sync, op, auto, is:favourite), gpu&gt;0, age&lt;2d, -without, a or b, (…), /regular expression/</source>
        <translation>كلمات، أو حقل:قيمة (name, project, cluster, namespace, repo, path, image, revision, health, sync, op, auto, is:favourite)، أو gpu&gt;0 أو age&lt;2d، و‎-كلمة للاستبعاد، وa or b، و(…)، و/تعبير نمطي/</translation>
    </message>
    <message>
        <source>Turn automated sync of %1 on</source>
        <translation>تشغيل المزامنة التلقائية لـ %1</translation>
    </message>
    <message>
        <source>Turn automated sync of %1 off</source>
        <translation>إيقاف المزامنة التلقائية لـ %1</translation>
    </message>
    <message numerus="yes">
        <source>Restart the pods of %n rollout(s)?</source>
        <translation>
            <numerusform>لا Rollout لإعادة تشغيله؟</numerusform>
            <numerusform>إعادة تشغيل حاويات Rollout واحد؟</numerusform>
            <numerusform>إعادة تشغيل حاويات Rollout اثنين؟</numerusform>
            <numerusform>إعادة تشغيل حاويات %n من Rollouts؟</numerusform>
            <numerusform>إعادة تشغيل حاويات %n من Rollouts؟</numerusform>
            <numerusform>إعادة تشغيل حاويات %n من Rollouts؟</numerusform>
        </translation>
    </message>
    <message>
        <source>Each rollout replaces its pods step by step. Nothing in Git changes.</source>
        <translation>يستبدل كل Rollout حاوياته خطوة بخطوة، ولا يتغير شيء في Git.</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>إعادة التشغيل</translation>
    </message>
    <message>
        <source>Restart %1</source>
        <translation>إعادة تشغيل %1</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>العروض</translation>
    </message>
    <message>
        <source>Saved views</source>
        <translation>العروض المحفوظة</translation>
    </message>
    <message>
        <source>Group by</source>
        <translation>التجميع حسب</translation>
    </message>
    <message>
        <source>Facets</source>
        <translation>الأوجه</translation>
    </message>
    <message>
        <source>Save this view…</source>
        <translation>احفظ هذا العرض…</translation>
    </message>
    <message numerus="yes">
        <source>Plan the sync of %n selected</source>
        <translation>
            <numerusform>خطّط لمزامنة المختار</numerusform>
            <numerusform>خطّط لمزامنة المختار</numerusform>
            <numerusform>خطّط لمزامنة المختارَين</numerusform>
            <numerusform>خطّط لمزامنة %n مختارة</numerusform>
            <numerusform>خطّط لمزامنة %n مختاراً</numerusform>
            <numerusform>خطّط لمزامنة %n مختار</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Restart the rollouts of %n selected</source>
        <translation>
            <numerusform>أعد تشغيل Rollouts للمختار</numerusform>
            <numerusform>أعد تشغيل Rollouts للمختار</numerusform>
            <numerusform>أعد تشغيل Rollouts للمختارَين</numerusform>
            <numerusform>أعد تشغيل Rollouts لـ %n مختارة</numerusform>
            <numerusform>أعد تشغيل Rollouts لـ %n مختاراً</numerusform>
            <numerusform>أعد تشغيل Rollouts لـ %n مختار</numerusform>
        </translation>
    </message>
    <message>
        <source>Turn automated sync on</source>
        <translation>تشغيل المزامنة التلقائية</translation>
    </message>
    <message>
        <source>Turn automated sync off</source>
        <translation>إيقاف المزامنة التلقائية</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>مفضّل</translation>
    </message>
    <message>
        <source>No groups</source>
        <translation>بلا مجموعات</translation>
    </message>
    <message>
        <source>Group: %1</source>
        <translation>التجميع: %1</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>التجميع</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>إزالة</translation>
    </message>
    <message>
        <source>Save this view</source>
        <translation>حفظ هذا العرض</translation>
    </message>
    <message>
        <source>Name of the view</source>
        <translation>اسم العرض</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>حفظ</translation>
    </message>
    <message>
        <source>Board</source>
        <translation>لوحة</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>ملخص</translation>
    </message>
    <message>
        <source>There is no application in this cluster yet.</source>
        <translation>لا تطبيق في هذا العنقود بعد.</translation>
    </message>
    <message>
        <source>New application</source>
        <translation>تطبيق جديد</translation>
    </message>
    <message>
        <source>Compare (2)</source>
        <translation>قارن (2)</translation>
    </message>
    <message>
        <source>Compare the live objects of the two applications</source>
        <translation>قارن الكائنات الحية للتطبيقين</translation>
    </message>
    <message>
        <source>Select exactly two applications to compare them.</source>
        <translation>حدّد تطبيقين اثنين بالضبط لمقارنتهما.</translation>
    </message>
    <message>
        <source>Export CSV…</source>
        <translation>صدّر CSV…</translation>
    </message>
    <message>
        <source>Move to folder…</source>
        <translation>انقل إلى مجلد…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>احذف…</translation>
    </message>
    <message numerus="yes">
        <source>%n selected</source>
        <translation>
            <numerusform>لا شيء محدّد</numerusform>
            <numerusform>واحد محدّد</numerusform>
            <numerusform>اثنان محدّدان</numerusform>
            <numerusform>%n محدّدة</numerusform>
            <numerusform>%n محدّدًا</numerusform>
            <numerusform>%n محدّد</numerusform>
        </translation>
    </message>
    <message>
        <source>Export the applications</source>
        <translation>تصدير التطبيقات</translation>
    </message>
    <message numerus="yes">
        <source>Move %n application(s) to a folder</source>
        <translation>
            <numerusform>نقل %n تطبيق إلى مجلد</numerusform>
            <numerusform>نقل تطبيق واحد إلى مجلد</numerusform>
            <numerusform>نقل تطبيقين إلى مجلد</numerusform>
            <numerusform>نقل %n تطبيقات إلى مجلد</numerusform>
            <numerusform>نقل %n تطبيقًا إلى مجلد</numerusform>
            <numerusform>نقل %n تطبيق إلى مجلد</numerusform>
        </translation>
    </message>
    <message>
        <source>Folder (empty: out of all folders)</source>
        <translation>المجلد (فارغ: خارج كل المجلدات)</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>انقل</translation>
    </message>
    <message numerus="yes">
        <source>Plan to delete %n application(s)</source>
        <translation>
            <numerusform>خطة حذف %n تطبيق</numerusform>
            <numerusform>خطة حذف تطبيق واحد</numerusform>
            <numerusform>خطة حذف تطبيقين</numerusform>
            <numerusform>خطة حذف %n تطبيقات</numerusform>
            <numerusform>خطة حذف %n تطبيقًا</numerusform>
            <numerusform>خطة حذف %n تطبيق</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Delete %n application(s)?</source>
        <translation>
            <numerusform>حذف %n تطبيق؟</numerusform>
            <numerusform>حذف تطبيق واحد؟</numerusform>
            <numerusform>حذف تطبيقين؟</numerusform>
            <numerusform>حذف %n تطبيقات؟</numerusform>
            <numerusform>حذف %n تطبيقًا؟</numerusform>
            <numerusform>حذف %n تطبيق؟</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>، </translation>
    </message>
    <message>
        <source>Nothing else goes with them.</source>
        <translation>لا يذهب معها شيء آخر.</translation>
    </message>
    <message>
        <source>Goes with them: %1.</source>
        <translation>يذهب معها: %1.</translation>
    </message>
    <message numerus="yes">
        <source>Delete %n application(s)</source>
        <translation>
            <numerusform>احذف %n تطبيق</numerusform>
            <numerusform>احذف تطبيقًا واحدًا</numerusform>
            <numerusform>احذف تطبيقين</numerusform>
            <numerusform>احذف %n تطبيقات</numerusform>
            <numerusform>احذف %n تطبيقًا</numerusform>
            <numerusform>احذف %n تطبيق</numerusform>
        </translation>
    </message>
    <message>
        <source>delete %1</source>
        <translation>حذف %1</translation>
    </message>
    <message>
        <source>Delete %1</source>
        <translation>حذف %1</translation>
    </message>
    <message>
        <source>Do not narrow by this any more</source>
        <translation>لا تُضيّق بهذا بعد الآن</translation>
    </message>
    <message>
        <source>Filter %1</source>
        <translation>المرشّح %1</translation>
    </message>
    <message>
        <source>Columns and sorting…</source>
        <translation>الأعمدة والترتيب…</translation>
    </message>
    <message>
        <source>Sort by</source>
        <translation>رتّب حسب</translation>
    </message>
    <message>
        <source>And then by</source>
        <translation>ثم حسب</translation>
    </message>
    <message>
        <source>The cluster cannot be reached, and nothing was read from it before.</source>
        <translation>لا يمكن الوصول إلى العنقود، ولم يُقرأ منه شيء من قبل.</translation>
    </message>
</context>
<context>
    <name>ui::AskDialog</name>
    <message>
        <source>Type %1 to go on:</source>
        <translation>اكتب %1 للمتابعة:</translation>
    </message>
    <message>
        <source>Confirmation</source>
        <translation>التأكيد</translation>
    </message>
    <message>
        <source>Reason, for the journal:</source>
        <translation>السبب، ليُحفظ في السجل:</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>السبب</translation>
    </message>
    <message>
        <source>Keep as it is</source>
        <translation>أبقِه كما هو</translation>
    </message>
</context>
<context>
    <name>ui::BottomPanel</name>
    <message>
        <source>Events</source>
        <translation>الأحداث</translation>
    </message>
    <message>
        <source>Operations</source>
        <translation>العمليات</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>مشكلات</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>الإشعارات</translation>
    </message>
    <message>
        <source>Notices</source>
        <translation>تنبيهات</translation>
    </message>
    <message>
        <source>Panels</source>
        <translation>اللوحات</translation>
    </message>
    <message>
        <source>Cancel the operation</source>
        <translation>ألغِ العملية</translation>
    </message>
</context>
<context>
    <name>ui::CanaryPage</name>
    <message>
        <source>Canary</source>
        <translation>الكناري</translation>
    </message>
    <message>
        <source>aborted</source>
        <translation>مُلغى</translation>
    </message>
    <message>
        <source>all steps done</source>
        <translation>اكتملت كل الخطوات</translation>
    </message>
    <message>
        <source>step %1 of %2</source>
        <translation>الخطوة %1 من %2</translation>
    </message>
    <message>
        <source>rule: failed</source>
        <translation>القاعدة: فشل</translation>
    </message>
    <message>
        <source>rule: some failures, go on</source>
        <translation>القاعدة: بعض الإخفاقات، تابع</translation>
    </message>
    <message>
        <source>rule: go on</source>
        <translation>القاعدة: تابع</translation>
    </message>
    <message>
        <source>stable %1</source>
        <translation>المستقر %1</translation>
    </message>
    <message>
        <source>canary %1</source>
        <translation>الكناري %1</translation>
    </message>
    <message>
        <source>baseline</source>
        <translation>خط الأساس</translation>
    </message>
    <message>
        <source>threshold</source>
        <translation>الحد</translation>
    </message>
    <message>
        <source>Promote the rollout</source>
        <translation>رقِّ الإطلاق</translation>
    </message>
    <message>
        <source>Promote the rollout fully…</source>
        <translation>رقِّ الإطلاق كاملاً…</translation>
    </message>
    <message>
        <source>Skip the rollout&apos;s step</source>
        <translation>تخطَّ خطوة الإطلاق</translation>
    </message>
    <message>
        <source>Pause the rollout</source>
        <translation>أوقف الإطلاق مؤقتاً</translation>
    </message>
    <message>
        <source>Abort the rollout…</source>
        <translation>ألغِ الإطلاق…</translation>
    </message>
    <message>
        <source>Retry the rollout</source>
        <translation>أعد محاولة الإطلاق</translation>
    </message>
    <message>
        <source>Restart the rollout&apos;s pods</source>
        <translation>أعد تشغيل حاويات الإطلاق</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>تصدير</translation>
    </message>
    <message>
        <source>Picture (PNG)…</source>
        <translation>صورة (PNG)…</translation>
    </message>
    <message>
        <source>Drawing (SVG)…</source>
        <translation>رسم (SVG)…</translation>
    </message>
    <message>
        <source>Values (CSV)…</source>
        <translation>قيم (CSV)…</translation>
    </message>
    <message>
        <source>This application has no rollout.</source>
        <translation>ليس لهذا التطبيق إطلاق.</translation>
    </message>
    <message>
        <source>Export the charts</source>
        <translation>تصدير الرسوم</translation>
    </message>
    <message>
        <source>statistics: worse</source>
        <translation>الإحصاء: أسوأ</translation>
    </message>
    <message>
        <source>statistics: not worse</source>
        <translation>الإحصاء: ليس أسوأ</translation>
    </message>
    <message>
        <source>statistics: undecided</source>
        <translation>الإحصاء: لم يُحسم</translation>
    </message>
    <message>
        <source>An opinion beside the rule&apos;s: it decides nothing.</source>
        <translation>رأي إلى جانب القاعدة: لا يقرّر شيئًا.</translation>
    </message>
    <message>
        <source>Preview the update</source>
        <translation>معاينة التحديث</translation>
    </message>
    <message>
        <source>Revert %1 in Git?</source>
        <translation>التراجع عن %1 في Git؟</translation>
    </message>
    <message>
        <source>A commit that undoes %1 is written on the branch of %2. Automated sync then deploys it.</source>
        <translation>يُكتب على فرع %2 إيداع يُبطل %1، ثم تنشره المزامنة التلقائية.</translation>
    </message>
    <message>
        <source>Revert the commit</source>
        <translation>تراجع عن الإيداع</translation>
    </message>
    <message>
        <source>Revert %1 in Git</source>
        <translation>التراجع عن %1 في Git</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>معاينة</translation>
    </message>
    <message>
        <source>Counts, weights, GPUs and times of an update, before anything is deployed</source>
        <translation>أعداد التحديث وأوزانه ووحدات GPU وأوقاته قبل نشر أي شيء</translation>
    </message>
    <message>
        <source>Measurements</source>
        <translation>القياسات</translation>
    </message>
    <message>
        <source>Every value that the analyses measured, with its limit and result</source>
        <translation>كل قيمة قاستها التحليلات، مع حدّها ونتيجتها</translation>
    </message>
</context>
<context>
    <name>ui::CanaryPanel</name>
    <message>
        <source>Will it pass?</source>
        <translation>هل ستنجح؟</translation>
    </message>
    <message>
        <source>Measured</source>
        <translation>القياسات</translation>
    </message>
    <message>
        <source>Left</source>
        <translation>المتبقي</translation>
    </message>
    <message>
        <source>Ends about</source>
        <translation>النهاية</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>Pods</translation>
    </message>
    <message>
        <source>Why was it aborted?</source>
        <translation>لماذا أُلغي؟</translation>
    </message>
    <message>
        <source>Query as sent</source>
        <translation>الاستعلام كما أُرسل</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>المقياس</translation>
    </message>
    <message>
        <source>Revisions</source>
        <translation>المراجعات</translation>
    </message>
    <message>
        <source>%1 · %2 failed</source>
        <translation>%1 · %2 فشل</translation>
    </message>
    <message>
        <source>aborted</source>
        <translation>مُلغى</translation>
    </message>
    <message>
        <source>no analysis runs now</source>
        <translation>لا تحليل يجري الآن</translation>
    </message>
    <message>
        <source>the next failure aborts</source>
        <translation>الإخفاق التالي يُلغي الإطلاق</translation>
    </message>
    <message numerus="yes">
        <source>%n failure(s) before abort</source>
        <translation>
            <numerusform>لا إخفاق قبل الإلغاء</numerusform>
            <numerusform>إخفاق واحد قبل الإلغاء</numerusform>
            <numerusform>إخفاقان قبل الإلغاء</numerusform>
            <numerusform>%n إخفاقات قبل الإلغاء</numerusform>
            <numerusform>%n إخفاقاً قبل الإلغاء</numerusform>
            <numerusform>%n إخفاق قبل الإلغاء</numerusform>
        </translation>
    </message>
    <message>
        <source>no answer yet</source>
        <translation>لا جواب بعد</translation>
    </message>
    <message>
        <source>Revision %1</source>
        <translation>المراجعة %1</translation>
    </message>
    <message>
        <source>stable</source>
        <translation>المستقر</translation>
    </message>
    <message>
        <source>canary</source>
        <translation>الكناري</translation>
    </message>
    <message>
        <source>Undo to %1</source>
        <translation>ارجع إلى %1</translation>
    </message>
    <message>
        <source>Statistics</source>
        <translation>الإحصاء</translation>
    </message>
    <message>
        <source>Open the revert of commit %1…</source>
        <translation>افتح التراجع عن الإيداع %1…</translation>
    </message>
    <message>
        <source>failures do not count</source>
        <translation>لا يُحتسب الفشل</translation>
    </message>
</context>
<context>
    <name>ui::ChartStack</name>
    <message>
        <source>Weight and measurements over time</source>
        <translation>الوزن والقياسات عبر الزمن</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>الأحداث</translation>
    </message>
</context>
<context>
    <name>ui::CodeEditor</name>
    <message>
        <source>YAML text</source>
        <translation>نص YAML</translation>
    </message>
    <message numerus="yes">
        <source>⋯ %n line(s)</source>
        <translation>
            <numerusform>⋯ لا أسطر</numerusform>
            <numerusform>⋯ سطر واحد</numerusform>
            <numerusform>⋯ سطران</numerusform>
            <numerusform>⋯ %n أسطر</numerusform>
            <numerusform>⋯ %n سطراً</numerusform>
            <numerusform>⋯ %n سطر</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ColoursDialog</name>
    <message>
        <source>Choose…</source>
        <translation>اختر…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>إزالة</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>تصدير…</translation>
    </message>
    <message>
        <source>Palettes of your own</source>
        <translation>لوحات ألوان خاصة بك</translation>
    </message>
    <message>
        <source>Palette</source>
        <translation>لوحة الألوان</translation>
    </message>
    <message>
        <source>Used for</source>
        <translation>يُستعمل في</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>اللون</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>التباين</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>الألوان</translation>
    </message>
    <message>
        <source>New…</source>
        <translation>جديد…</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>استورد…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>إغلاق</translation>
    </message>
    <message>
        <source>Import a palette</source>
        <translation>استيراد لوحة ألوان</translation>
    </message>
    <message>
        <source>Export the palette</source>
        <translation>تصدير لوحة الألوان</translation>
    </message>
    <message>
        <source>The colours of this program</source>
        <translation>ألوان هذا البرنامج</translation>
    </message>
    <message>
        <source>%1, at least %2 is readable</source>
        <translation>%1، والمقروء %2 على الأقل</translation>
    </message>
    <message>
        <source>New palette</source>
        <translation>لوحة ألوان جديدة</translation>
    </message>
    <message>
        <source>Name of the palette, which begins with the colours that are shown now</source>
        <translation>اسم اللوحة، وتبدأ بالألوان المعروضة الآن</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>أنشئ</translation>
    </message>
</context>
<context>
    <name>ui::CompareSlot</name>
    <message>
        <source>Compare %1 with…</source>
        <translation>قارن %1 بـ…</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>قارن</translation>
    </message>
    <message>
        <source>Drop a second object here, or press C on it. A click empties the slot.</source>
        <translation>أفلت كائنًا ثانيًا هنا، أو اضغط C عليه. النقر يُفرغ الموضع.</translation>
    </message>
    <message>
        <source>Drop an object of the tree here, or press C on it, and then a second one.</source>
        <translation>أفلت كائنًا من الشجرة هنا، أو اضغط C عليه، ثم كائنًا ثانيًا.</translation>
    </message>
</context>
<context>
    <name>ui::ConnectDialog</name>
    <message>
        <source>Do not check the server&apos;s certificate</source>
        <translation>عدم التحقق من شهادة الخادم</translation>
    </message>
    <message>
        <source>Only look: run no controllers of our own</source>
        <translation>مشاهدة فقط: دون تشغيل متحكماتنا</translation>
    </message>
    <message>
        <source>Open a connection</source>
        <translation>فتح اتصال</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>الاتصال</translation>
    </message>
    <message>
        <source>Server</source>
        <translation>الخادم</translation>
    </message>
    <message>
        <source>Connections</source>
        <translation>الاتصالات</translation>
    </message>
    <message>
        <source>Argo CD server</source>
        <translation>خادم Argo CD</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>إلغاء الأمر</translation>
    </message>
    <message>
        <source>The embedded cluster</source>
        <translation>العنقود المدمج</translation>
    </message>
    <message>
        <source>in this program</source>
        <translation>في هذا البرنامج</translation>
    </message>
    <message>
        <source>In a window of its own</source>
        <translation>في نافذة خاصة به</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>اتصل</translation>
    </message>
</context>
<context>
    <name>ui::Containers</name>
    <message>
        <source>the default container</source>
        <translation>الحاوية الافتراضية</translation>
    </message>
    <message>
        <source>every container</source>
        <translation>كل الحاويات</translation>
    </message>
</context>
<context>
    <name>ui::CreatePage</name>
    <message>
        <source>Application: kustomization or manifests</source>
        <translation>تطبيق: kustomization أو مستندات</translation>
    </message>
    <message>
        <source>Application: Helm chart</source>
        <translation>تطبيق: Helm chart</translation>
    </message>
    <message>
        <source>ApplicationSet</source>
        <translation>ApplicationSet</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>المشروع</translation>
    </message>
    <message>
        <source>Repository or credentials</source>
        <translation>مستودع أو بيانات اعتماد</translation>
    </message>
    <message>
        <source>Certificate authority of a repository host</source>
        <translation>شهادة الجهة الموثِّقة لمضيف المستودع</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>العنقود</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>Namespace</translation>
    </message>
    <message>
        <source>Anything else</source>
        <translation>أي شيء آخر</translation>
    </message>
    <message>
        <source>New</source>
        <translation>جديد</translation>
    </message>
    <message>
        <source>Close without creating?</source>
        <translation>أتغلق دون إنشاء؟</translation>
    </message>
    <message>
        <source>The text that you wrote is not kept anywhere.</source>
        <translation>النص الذي كتبته غير محفوظ في أي مكان.</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>إغلاق</translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation>السطر %1: %2</translation>
    </message>
    <message>
        <source>Asking the server</source>
        <translation>سؤال الخادم</translation>
    </message>
    <message>
        <source>Creating</source>
        <translation>الإنشاء</translation>
    </message>
    <message>
        <source>%1 was created</source>
        <translation>أُنشئ %1</translation>
    </message>
    <message>
        <source>%1 was changed</source>
        <translation>غُيّر %1</translation>
    </message>
    <message>
        <source>%1 was like that already</source>
        <translation>كان %1 كذلك من قبل</translation>
    </message>
    <message>
        <source>%1 would be created</source>
        <translation>سيُنشأ %1</translation>
    </message>
    <message>
        <source>%1 is there and would be changed</source>
        <translation>%1 موجود وسيتغيّر</translation>
    </message>
    <message>
        <source>%1 is there, like this</source>
        <translation>%1 موجود كما هنا</translation>
    </message>
    <message>
        <source>What to begin with</source>
        <translation>ما يُبدأ به</translation>
    </message>
    <message>
        <source>Manifests</source>
        <translation>المستندات</translation>
    </message>
    <message>
        <source>Ask the server</source>
        <translation>اسأل الخادم</translation>
    </message>
    <message>
        <source>A dry run: nothing is written</source>
        <translation>تجربة جافة: لا يُكتب شيء</translation>
    </message>
    <message>
        <source>Create</source>
        <translation>أنشئ</translation>
    </message>
    <message>
        <source>Open its tree</source>
        <translation>افتح شجرته</translation>
    </message>
</context>
<context>
    <name>ui::Deed</name>
    <message>
        <source>sync</source>
        <translation>مزامنة</translation>
    </message>
    <message>
        <source>rollback</source>
        <translation>تراجع</translation>
    </message>
    <message>
        <source>sync terminated</source>
        <translation>أُنهيت المزامنة</translation>
    </message>
    <message>
        <source>automated sync on</source>
        <translation>شُغّلت المزامنة التلقائية</translation>
    </message>
    <message>
        <source>automated sync off</source>
        <translation>أُوقفت المزامنة التلقائية</translation>
    </message>
    <message>
        <source>automated sync paused</source>
        <translation>أُوقفت المزامنة التلقائية مؤقتًا</translation>
    </message>
    <message>
        <source>revision marked as bad</source>
        <translation>عُلّمت المراجعة سيئة</translation>
    </message>
    <message>
        <source>revision no longer marked as bad</source>
        <translation>أُزيلت علامة السوء عن المراجعة</translation>
    </message>
    <message>
        <source>edit</source>
        <translation>تحرير</translation>
    </message>
    <message>
        <source>canary promoted</source>
        <translation>رُقّي الكناري</translation>
    </message>
    <message>
        <source>canary aborted</source>
        <translation>أُلغي الكناري</translation>
    </message>
    <message>
        <source>promoted</source>
        <translation>رُقّي</translation>
    </message>
    <message>
        <source>promoted fully</source>
        <translation>رُقّي كاملًا</translation>
    </message>
    <message>
        <source>aborted</source>
        <translation>أُلغي</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>أُوقف مؤقتًا</translation>
    </message>
    <message>
        <source>resumed</source>
        <translation>استُؤنف</translation>
    </message>
    <message>
        <source>retried</source>
        <translation>أُعيدت المحاولة</translation>
    </message>
    <message>
        <source>restarted</source>
        <translation>أُعيد تشغيله</translation>
    </message>
    <message>
        <source>scaled</source>
        <translation>غُيّر عدده</translation>
    </message>
    <message>
        <source>commit reverted in Git</source>
        <translation>عُكس الإيداع في Git</translation>
    </message>
    <message>
        <source>started</source>
        <translation>بدأ</translation>
    </message>
</context>
<context>
    <name>ui::DesktopAlerts</name>
    <message>
        <source>Open</source>
        <translation>فتح</translation>
    </message>
    <message>
        <source>Needs a decision</source>
        <translation>بانتظار قرار</translation>
    </message>
    <message>
        <source>Quiet for an hour</source>
        <translation>صمت لمدة ساعة</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>خروج</translation>
    </message>
    <message>
        <source>Promote</source>
        <translation>ترقية</translation>
    </message>
    <message>
        <source>Abort…</source>
        <translation>أجهض…</translation>
    </message>
    <message>
        <source>Plan again</source>
        <translation>خطّط من جديد</translation>
    </message>
    <message numerus="yes">
        <source>%1, %n decision(s)</source>
        <translation>
            <numerusform>%1، بلا قرارات</numerusform>
            <numerusform>%1، قرار واحد</numerusform>
            <numerusform>%1، قراران</numerusform>
            <numerusform>%1، %n قرارات</numerusform>
            <numerusform>%1، %n قرارًا</numerusform>
            <numerusform>%1، %n قرار</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::DiffPage</name>
    <message>
        <source>Diff</source>
        <translation>فروق</translation>
    </message>
    <message>
        <source>Comparing %1</source>
        <translation>مقارنة %1</translation>
    </message>
    <message>
        <source>git %1</source>
        <translation>git %1</translation>
    </message>
    <message>
        <source>A sync creates it in wave %1.</source>
        <translation>تنشئه المزامنة في الموجة %1.</translation>
    </message>
    <message>
        <source>A sync changes it in wave %1.</source>
        <translation>تغيّره المزامنة في الموجة %1.</translation>
    </message>
    <message>
        <source>It is no longer in Git: a sync with pruning deletes it.</source>
        <translation>لم يعد في Git: تحذفه مزامنة مع التقليم.</translation>
    </message>
    <message>
        <source>A sync replaces it in wave %1.</source>
        <translation>تستبدله المزامنة في الموجة %1.</translation>
    </message>
    <message>
        <source>A hook: it runs with each sync.</source>
        <translation>خطّاف: يعمل مع كل مزامنة.</translation>
    </message>
    <message>
        <source>A sync leaves it as it is.</source>
        <translation>تتركه المزامنة كما هو.</translation>
    </message>
    <message>
        <source>Its pods restart.</source>
        <translation>يُعاد تشغيل حاوياته.</translation>
    </message>
    <message>
        <source>no changes</source>
        <translation>لا تغييرات</translation>
    </message>
    <message>
        <source>%1 reviewed</source>
        <translation>رُوجع %1</translation>
    </message>
    <message>
        <source>Semantic</source>
        <translation>دلالي</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>جنباً إلى جنب</translation>
    </message>
    <message>
        <source>Unified</source>
        <translation>موحّد</translation>
    </message>
    <message>
        <source>How differences are shown</source>
        <translation>طريقة عرض الفروق</translation>
    </message>
    <message>
        <source>noise shown %1</source>
        <translation>الضجيج ظاهر %1</translation>
    </message>
    <message>
        <source>noise hidden %1</source>
        <translation>الضجيج مخفي %1</translation>
    </message>
    <message>
        <source>Differences that do not count: defaults of the API server, other owners, ignore rules</source>
        <translation>فروق لا تُحتسب: قيم الخادم الافتراضية، ومالكون آخرون، وقواعد التجاهل</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>الموارد</translation>
    </message>
    <message>
        <source>Changed fields</source>
        <translation>الحقول المتغيرة</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>الأثر</translation>
    </message>
    <message>
        <source>Approve plan…</source>
        <translation>اعتمد الخطة…</translation>
    </message>
    <message>
        <source>Show plan</source>
        <translation>اعرض الخطة</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>تصدير…</translation>
    </message>
    <message>
        <source>The application has no resources yet.</source>
        <translation>ليس للتطبيق موارد بعد.</translation>
    </message>
    <message>
        <source>Next change</source>
        <translation>التغيير التالي</translation>
    </message>
    <message>
        <source>Previous change</source>
        <translation>التغيير السابق</translation>
    </message>
    <message>
        <source>Next resource</source>
        <translation>المورد التالي</translation>
    </message>
    <message>
        <source>Previous resource</source>
        <translation>المورد السابق</translation>
    </message>
    <message>
        <source>Mark as reviewed</source>
        <translation>علّمه مراجَعاً</translation>
    </message>
    <message>
        <source>Semantic view</source>
        <translation>العرض الدلالي</translation>
    </message>
    <message>
        <source>Split view</source>
        <translation>عرض جنباً إلى جنب</translation>
    </message>
    <message>
        <source>Unified view</source>
        <translation>العرض الموحّد</translation>
    </message>
    <message>
        <source>Export the diff…</source>
        <translation>صدّر الفروق…</translation>
    </message>
    <message>
        <source>Export the diff</source>
        <translation>تصدير الفروق</translation>
    </message>
    <message>
        <source>Keeping the review</source>
        <translation>حفظ المراجعة</translation>
    </message>
    <message>
        <source>Note: %1</source>
        <translation>ملاحظة: %1</translation>
    </message>
    <message>
        <source>signed off by %1</source>
        <translation>أقرّه %1</translation>
    </message>
    <message>
        <source>Three-way</source>
        <translation>ثلاثي</translation>
    </message>
    <message>
        <source>Three-way view</source>
        <translation>العرض الثلاثي</translation>
    </message>
    <message>
        <source>Stage this field</source>
        <translation>جهّز هذا الحقل</translation>
    </message>
    <message>
        <source>Ignore this field…</source>
        <translation>تجاهل هذا الحقل…</translation>
    </message>
    <message>
        <source>Note on this resource…</source>
        <translation>ملاحظة على هذا المورد…</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>تراجع</translation>
    </message>
    <message>
        <source>Sign off</source>
        <translation>إقرار</translation>
    </message>
    <message>
        <source>Compare with a revision…</source>
        <translation>قارن مع إصدار…</translation>
    </message>
    <message>
        <source>Apply the staged fields…</source>
        <translation>طبّق الحقول المجهّزة…</translation>
    </message>
    <message>
        <source>Compare this</source>
        <translation>قارن هذا</translation>
    </message>
    <message>
        <source>with this</source>
        <translation>بهذا</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>الحي</translation>
    </message>
    <message>
        <source>Last applied</source>
        <translation>آخر ما طُبّق</translation>
    </message>
    <message>
        <source>Git, as wanted now</source>
        <translation>Git كما هو مطلوب الآن</translation>
    </message>
    <message>
        <source>Earlier deployments</source>
        <translation>عمليات نشر سابقة</translation>
    </message>
    <message>
        <source>Branch, tag or commit…</source>
        <translation>فرع أو وسم أو إيداع…</translation>
    </message>
    <message>
        <source>Another application</source>
        <translation>تطبيق آخر</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>مجلد…</translation>
    </message>
    <message>
        <source>File of manifests…</source>
        <translation>ملف بيانات…</translation>
    </message>
    <message>
        <source>Compare with a revision</source>
        <translation>المقارنة مع إصدار</translation>
    </message>
    <message>
        <source>Branch, tag or commit</source>
        <translation>فرع أو وسم أو إيداع</translation>
    </message>
    <message>
        <source>Compare with a folder</source>
        <translation>المقارنة مع مجلد</translation>
    </message>
    <message>
        <source>Compare with a file of manifests</source>
        <translation>المقارنة مع ملف بيانات</translation>
    </message>
    <message>
        <source>last applied → live</source>
        <translation>آخر ما طُبّق ← الحي</translation>
    </message>
    <message>
        <source>last applied → desired</source>
        <translation>آخر ما طُبّق ← المطلوب</translation>
    </message>
    <message>
        <source>its pods restart</source>
        <translation>يُعاد تشغيل حاوياته</translation>
    </message>
    <message>
        <source>Add the ignore rule</source>
        <translation>إضافة قاعدة التجاهل</translation>
    </message>
    <message>
        <source>Note on %1</source>
        <translation>ملاحظة على %1</translation>
    </message>
    <message>
        <source>It is kept with the review of this revision and goes into the export.</source>
        <translation>تُحفظ مع مراجعة هذا الإصدار وتظهر في التصدير.</translation>
    </message>
    <message>
        <source>Sign off %1 at %2?</source>
        <translation>إقرار %1 عند %2؟</translation>
    </message>
    <message>
        <source>Your name goes with the review of this revision. Another revision begins anew.</source>
        <translation>يُحفظ اسمك مع مراجعة هذا الإصدار، ويبدأ الإصدار التالي من جديد.</translation>
    </message>
    <message>
        <source>desired → live (what was applied last is not known)</source>
        <translation>المطلوب ← الحالي (ما طُبِّق آخرًا غير معروف)</translation>
    </message>
    <message>
        <source>live → desired</source>
        <translation>الحالي ← المطلوب</translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) restart.</source>
        <translation>
            <numerusform>لا تُعاد أي Pods.</numerusform>
            <numerusform>يُعاد تشغيل Pod واحد.</numerusform>
            <numerusform>يُعاد تشغيل اثنين من Pods.</numerusform>
            <numerusform>يُعاد تشغيل %n من Pods.</numerusform>
            <numerusform>يُعاد تشغيل %n من Pods.</numerusform>
            <numerusform>يُعاد تشغيل %n من Pods.</numerusform>
        </translation>
    </message>
    <message>
        <source>%1; %2 are free.</source>
        <translation>%1، والمتاح %2.</translation>
    </message>
    <message>
        <source>%1: no room, only %2 are free.</source>
        <translation>%1: لا متسع، المتاح %2 فقط.</translation>
    </message>
    <message>
        <source>%1 cannot be changed in place: the object must be replaced (Replace=true with force).</source>
        <translation>لا يمكن تغيير %1 في مكانه: يجب استبدال الكائن (Replace=true مع force).</translation>
    </message>
    <message>
        <source>Nothing differs: the cluster is as Git wants it.</source>
        <translation>لا شيء يختلف: العنقود كما يريده Git.</translation>
    </message>
    <message>
        <source>Open PR comment</source>
        <translation>افتح تعليق طلب الدمج</translation>
    </message>
    <message>
        <source>Copies the review as a comment for a pull request, and opens the pull request that is compared</source>
        <translation>ينسخ المراجعة تعليقًا لطلب دمج، ويفتح طلب الدمج الذي يُقارن</translation>
    </message>
    <message>
        <source>Copy as a pull-request comment</source>
        <translation>انسخ تعليقًا لطلب دمج</translation>
    </message>
    <message>
        <source>Show or hide the noise</source>
        <translation>أظهر الضجيج أو أخفه</translation>
    </message>
    <message>
        <source>Unfold all unchanged lines</source>
        <translation>افتح كل الأسطر غير المتغيرة</translation>
    </message>
    <message>
        <source>Fold unchanged lines</source>
        <translation>اطوِ الأسطر غير المتغيرة</translation>
    </message>
    <message>
        <source>Unstage</source>
        <translation>ألغِ التجهيز</translation>
    </message>
    <message>
        <source>Stage</source>
        <translation>جهّز</translation>
    </message>
    <message>
        <source>Ignore…</source>
        <translation>تجاهل…</translation>
    </message>
    <message>
        <source>Note…</source>
        <translation>ملاحظة…</translation>
    </message>
    <message>
        <source>Pull request…</source>
        <translation>طلب دمج…</translation>
    </message>
    <message>
        <source>Another cluster</source>
        <translation>عنقود آخر</translation>
    </message>
    <message>
        <source>Compare with a pull request</source>
        <translation>المقارنة بطلب دمج</translation>
    </message>
    <message>
        <source>Number of the pull or merge request</source>
        <translation>رقم طلب الدمج</translation>
    </message>
    <message numerus="yes">
        <source>Plan %n staged field(s)…</source>
        <translation>
            <numerusform>لا حقول مجهزة</numerusform>
            <numerusform>خطط لحقل مجهز واحد…</numerusform>
            <numerusform>خطط لحقلين مجهزين…</numerusform>
            <numerusform>خطط لـ %n حقول مجهزة…</numerusform>
            <numerusform>خطط لـ %n حقلًا مجهزًا…</numerusform>
            <numerusform>خطط لـ %n حقل مجهز…</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n resource(s) differ</source>
        <translation>
            <numerusform>لا مورد يختلف</numerusform>
            <numerusform>مورد واحد يختلف</numerusform>
            <numerusform>موردان يختلفان</numerusform>
            <numerusform>%n موارد تختلف</numerusform>
            <numerusform>%n موردًا تختلف</numerusform>
            <numerusform>%n مورد تختلف</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n more resource(s) would not fit into a comment.</source>
        <translation>
            <numerusform>لا موارد أخرى.</numerusform>
            <numerusform>لا يتسع التعليق لمورد آخر.</numerusform>
            <numerusform>لا يتسع التعليق لموردين آخرين.</numerusform>
            <numerusform>لا يتسع التعليق لـ %n موارد أخرى.</numerusform>
            <numerusform>لا يتسع التعليق لـ %n موردًا آخر.</numerusform>
            <numerusform>لا يتسع التعليق لـ %n مورد آخر.</numerusform>
        </translation>
    </message>
    <message>
        <source>Comment is copied</source>
        <translation>نُسخ التعليق</translation>
    </message>
</context>
<context>
    <name>ui::DiffView</name>
    <message>
        <source>Differences</source>
        <translation>الفروق</translation>
    </message>
    <message>
        <source>No differences</source>
        <translation>لا فروق</translation>
    </message>
    <message numerus="yes">
        <source>%n unchanged line(s)</source>
        <translation>
            <numerusform>لا أسطر غير متغيرة</numerusform>
            <numerusform>سطر واحد لم يتغير</numerusform>
            <numerusform>سطران لم يتغيرا</numerusform>
            <numerusform>%n أسطر لم تتغير</numerusform>
            <numerusform>%n سطراً لم يتغير</numerusform>
            <numerusform>%n سطر لم يتغير</numerusform>
        </translation>
    </message>
    <message>
        <source>Unchanged: %1</source>
        <translation>لم يتغير: %1</translation>
    </message>
    <message>
        <source>Changed from %1 to %2</source>
        <translation>تغيّر من %1 إلى %2</translation>
    </message>
    <message>
        <source>Removed: %1</source>
        <translation>حُذف: %1</translation>
    </message>
    <message>
        <source>Added: %1</source>
        <translation>أُضيف: %1</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>نسخ</translation>
    </message>
    <message>
        <source>Show all unchanged lines</source>
        <translation>أظهر كل الأسطر غير المتغيرة</translation>
    </message>
    <message>
        <source>Fold unchanged lines</source>
        <translation>اطوِ الأسطر غير المتغيرة</translation>
    </message>
    <message numerus="yes">
        <source>%n byte(s) more</source>
        <translation>
            <numerusform>لا بايت آخر</numerusform>
            <numerusform>بايت واحد آخر</numerusform>
            <numerusform>بايتان آخران</numerusform>
            <numerusform>%n بايتات أخرى</numerusform>
            <numerusform>%n بايتاً آخر</numerusform>
            <numerusform>%n بايت آخر</numerusform>
        </translation>
    </message>
    <message>
        <source>Where the document changes</source>
        <translation>مواضع التغيير في المستند</translation>
    </message>
</context>
<context>
    <name>ui::EditorAssist</name>
    <message>
        <source>Completions</source>
        <translation>الإكمالات</translation>
    </message>
</context>
<context>
    <name>ui::EditorPage</name>
    <message>
        <source>Editor</source>
        <translation>المحرر</translation>
    </message>
    <message>
        <source>Listing the files of %1</source>
        <translation>سرد ملفات %1</translation>
    </message>
    <message>
        <source>Opening %1</source>
        <translation>فتح %1</translation>
    </message>
    <message>
        <source>Your unsaved draft is back. The branch has moved since it was begun.</source>
        <translation>عادت مسودتك غير المحفوظة. تقدّم الفرع منذ بدئها.</translation>
    </message>
    <message>
        <source>Your unsaved draft is back.</source>
        <translation>عادت مسودتك غير المحفوظة.</translation>
    </message>
    <message>
        <source>Line %1: %2</source>
        <translation>السطر %1: %2</translation>
    </message>
    <message>
        <source>Rendering %1</source>
        <translation>توليد %1</translation>
    </message>
    <message>
        <source>No file open</source>
        <translation>لا ملف مفتوح</translation>
    </message>
    <message>
        <source>rendered in %1</source>
        <translation>وُلّد في %1</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 مث</translation>
    </message>
    <message numerus="yes">
        <source>%n resource(s)</source>
        <translation>
            <numerusform>لا موارد</numerusform>
            <numerusform>مورد واحد</numerusform>
            <numerusform>موردان</numerusform>
            <numerusform>%n موارد</numerusform>
            <numerusform>%n مورداً</numerusform>
            <numerusform>%n مورد</numerusform>
        </translation>
    </message>
    <message>
        <source>Keeping a draft of %1</source>
        <translation>حفظ مسودة %1</translation>
    </message>
    <message>
        <source>Change %1</source>
        <translation>تغيير %1</translation>
    </message>
    <message>
        <source>Committing %1</source>
        <translation>إيداع %1</translation>
    </message>
    <message>
        <source>unsaved</source>
        <translation>غير محفوظ</translation>
    </message>
    <message>
        <source>Commit…</source>
        <translation>إيداع…</translation>
    </message>
    <message>
        <source>Find a file…</source>
        <translation>ابحث عن ملف…</translation>
    </message>
    <message>
        <source>Find a file</source>
        <translation>البحث عن ملف</translation>
    </message>
    <message>
        <source>Files of the repository</source>
        <translation>ملفات المستودع</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>إبقاء</translation>
    </message>
    <message>
        <source>Discard draft</source>
        <translation>تجاهل المسودة</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>أبقِ نصي</translation>
    </message>
    <message>
        <source>Take theirs</source>
        <translation>خذ نصهم</translation>
    </message>
    <message>
        <source>What changes, and why</source>
        <translation>ما الذي يتغير، ولماذا</translation>
    </message>
    <message>
        <source>Commit message</source>
        <translation>رسالة الإيداع</translation>
    </message>
    <message>
        <source>Commit to the branch:</source>
        <translation>أودِع في الفرع:</translation>
    </message>
    <message>
        <source>Commit</source>
        <translation>إيداع</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>إلغاء الأمر</translation>
    </message>
    <message>
        <source>What would change in the cluster</source>
        <translation>ما الذي سيتغير في العنقود</translation>
    </message>
    <message>
        <source>Commit the file…</source>
        <translation>أودِع الملف…</translation>
    </message>
    <message>
        <source>Find in the file</source>
        <translation>ابحث في الملف</translation>
    </message>
    <message>
        <source>Fold everything</source>
        <translation>اطوِ الكل</translation>
    </message>
    <message>
        <source>Unfold everything</source>
        <translation>انشر الكل</translation>
    </message>
    <message>
        <source>Next problem in the file</source>
        <translation>المشكلة التالية في الملف</translation>
    </message>
    <message>
        <source>Merging %1</source>
        <translation>دمج %1</translation>
    </message>
    <message>
        <source>Both changes are merged. Undo brings your text back.</source>
        <translation>دُمج التغييران. يعيد التراجع نصّك.</translation>
    </message>
    <message>
        <source>Some lines were changed by both: decide between the marked parts.</source>
        <translation>غيّر كلاكما بعض الأسطر: اختر بين الأجزاء المعلّمة.</translation>
    </message>
    <message>
        <source>The file changed on the branch since you began. Merge both, keep your text on top of it, or take theirs?</source>
        <translation>تغيّر الملف على الفرع منذ بدأت. أندمج التغييرين، أم نُبقي نصّك فوقه، أم نأخذ نصّهم؟</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>دمج</translation>
    </message>
    <message>
        <source>Outline</source>
        <translation>المخطط</translation>
    </message>
    <message>
        <source>Place in the file</source>
        <translation>الموضع في الملف</translation>
    </message>
    <message>
        <source>Base</source>
        <translation>القاعدة</translation>
    </message>
    <message>
        <source>Resource</source>
        <translation>المورد</translation>
    </message>
    <message>
        <source>Component</source>
        <translation>مكوّن</translation>
    </message>
    <message>
        <source>Patch</source>
        <translation>رقعة</translation>
    </message>
    <message>
        <source>Generator</source>
        <translation>مولّد</translation>
    </message>
    <message>
        <source>Values</source>
        <translation>القيم</translation>
    </message>
    <message>
        <source>Chart</source>
        <translation>Chart</translation>
    </message>
    <message>
        <source>Template</source>
        <translation>قالب</translation>
    </message>
    <message>
        <source>Used by</source>
        <translation>يستعمله</translation>
    </message>
    <message>
        <source>Related</source>
        <translation>ذو صلة</translation>
    </message>
    <message>
        <source>Complete the field</source>
        <translation>أكمل الحقل</translation>
    </message>
    <message>
        <source>What is this field?</source>
        <translation>ما هذا الحقل؟</translation>
    </message>
    <message>
        <source>Go to the file that this line names</source>
        <translation>انتقل إلى الملف الذي يسمّيه هذا السطر</translation>
    </message>
    <message numerus="yes">
        <source>%n more problem(s)</source>
        <translation>
            <numerusform>لا مشكلات أخرى</numerusform>
            <numerusform>مشكلة أخرى</numerusform>
            <numerusform>مشكلتان أخريان</numerusform>
            <numerusform>%n مشكلات أخرى</numerusform>
            <numerusform>%n مشكلة أخرى</numerusform>
            <numerusform>%n مشكلة أخرى</numerusform>
        </translation>
    </message>
    <message>
        <source>Apply %1</source>
        <translation>تطبيق %1</translation>
    </message>
    <message>
        <source>is created</source>
        <translation>يُنشأ</translation>
    </message>
    <message>
        <source>is changed</source>
        <translation>يتغيّر</translation>
    </message>
    <message>
        <source>stays as it is</source>
        <translation>يبقى كما هو</translation>
    </message>
    <message>
        <source>Apply %1 to the cluster?</source>
        <translation>أتطبّق %1 على العنقود؟</translation>
    </message>
    <message>
        <source>Git stays as it is: automated sync with self-heal takes it back.</source>
        <translation>يبقى Git كما هو، وقد تعيده المزامنة التلقائية ذاتية الإصلاح.</translation>
    </message>
    <message>
        <source>Apply to the cluster</source>
        <translation>طبّق على العنقود</translation>
    </message>
    <message>
        <source>Save a copy</source>
        <translation>حفظ نسخة</translation>
    </message>
    <message>
        <source>insert</source>
        <translation>إدراج</translation>
    </message>
    <message>
        <source>normal</source>
        <translation>عادي</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>أمر</translation>
    </message>
    <message>
        <source>w commits, a number goes to the line</source>
        <translation>w للإيداع، والرقم للذهاب إلى السطر</translation>
    </message>
    <message>
        <source>Insert a snippet…</source>
        <translation>أدرج مقتطفًا…</translation>
    </message>
    <message>
        <source>Next mark of the snippet</source>
        <translation>العلامة التالية في المقتطف</translation>
    </message>
    <message>
        <source>Comment or uncomment the lines</source>
        <translation>علّق الأسطر أو أزل التعليق</translation>
    </message>
    <message>
        <source>Apply the text to the cluster…</source>
        <translation>طبّق النص على العنقود…</translation>
    </message>
    <message>
        <source>Save a copy as a file…</source>
        <translation>احفظ نسخة في ملف…</translation>
    </message>
    <message>
        <source>Changes</source>
        <translation>التغييرات</translation>
    </message>
    <message>
        <source>Rendered</source>
        <translation>الناتج</translation>
    </message>
    <message>
        <source>What is shown beside the text</source>
        <translation>ما يُعرض بجانب النص</translation>
    </message>
    <message>
        <source>Rendered manifests</source>
        <translation>البيانات الناتجة</translation>
    </message>
    <message>
        <source>More</source>
        <translation>المزيد</translation>
    </message>
    <message>
        <source>More ways to save</source>
        <translation>طرق أخرى للحفظ</translation>
    </message>
    <message>
        <source>Keys of vi</source>
        <translation>مفاتيح vi</translation>
    </message>
</context>
<context>
    <name>ui::Environment</name>
    <message>
        <source>production environment</source>
        <translation>بيئة الإنتاج</translation>
    </message>
    <message>
        <source>staging environment</source>
        <translation>بيئة التجهيز</translation>
    </message>
    <message>
        <source>development environment</source>
        <translation>بيئة التطوير</translation>
    </message>
    <message>
        <source>no special environment</source>
        <translation>بلا بيئة خاصة</translation>
    </message>
</context>
<context>
    <name>ui::Error</name>
    <message>
        <source>Not valid</source>
        <translation>غير صالح</translation>
    </message>
    <message>
        <source>Not found</source>
        <translation>غير موجود</translation>
    </message>
    <message>
        <source>Exists already</source>
        <translation>موجود بالفعل</translation>
    </message>
    <message>
        <source>Changed by somebody else meanwhile</source>
        <translation>غيّره غيرك في هذه الأثناء</translation>
    </message>
    <message>
        <source>Not allowed</source>
        <translation>غير مسموح</translation>
    </message>
    <message>
        <source>Credentials refused</source>
        <translation>رُفضت بيانات الدخول</translation>
    </message>
    <message>
        <source>Cannot be reached</source>
        <translation>تعذّر الوصول</translation>
    </message>
    <message>
        <source>No answer in time</source>
        <translation>لا جواب في الوقت المحدد</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>أُوقف</translation>
    </message>
    <message>
        <source>Not supported</source>
        <translation>غير مدعوم</translation>
    </message>
    <message>
        <source>Too large</source>
        <translation>أكبر من الحد</translation>
    </message>
    <message>
        <source>Disk or database error</source>
        <translation>خطأ في القرص أو قاعدة البيانات</translation>
    </message>
    <message>
        <source>Internal error</source>
        <translation>خطأ داخلي</translation>
    </message>
</context>
<context>
    <name>ui::ErrorStrip</name>
    <message>
        <source>Try again</source>
        <translation>أعد المحاولة</translation>
    </message>
    <message>
        <source>Copy details</source>
        <translation>انسخ التفاصيل</translation>
    </message>
    <message>
        <source>Dismiss</source>
        <translation>إخفاء</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
</context>
<context>
    <name>ui::EventsPage</name>
    <message>
        <source>Events</source>
        <translation>الأحداث</translation>
    </message>
    <message numerus="yes">
        <source>%n event(s)</source>
        <translation>
            <numerusform>لا أحداث</numerusform>
            <numerusform>حدث واحد</numerusform>
            <numerusform>حدثان</numerusform>
            <numerusform>%n أحداث</numerusform>
            <numerusform>%n حدثاً</numerusform>
            <numerusform>%n حدث</numerusform>
        </translation>
    </message>
    <message>
        <source>Time</source>
        <translation>الوقت</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>السبب</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>الكائن</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>الرسالة</translation>
    </message>
    <message>
        <source>Count</source>
        <translation>العدد</translation>
    </message>
    <message>
        <source>Application</source>
        <translation>تطبيق</translation>
    </message>
    <message>
        <source>Warnings only</source>
        <translation>التحذيرات فقط</translation>
    </message>
    <message>
        <source>Filter the events…</source>
        <translation>صفِّ الأحداث…</translation>
    </message>
    <message>
        <source>Nothing has happened yet.</source>
        <translation>لم يحدث شيء بعد.</translation>
    </message>
    <message>
        <source>Show in the tree</source>
        <translation>اعرض في الشجرة</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>السجلات</translation>
    </message>
</context>
<context>
    <name>ui::FacetPanel</name>
    <message>
        <source>Health</source>
        <translation>الصحة</translation>
    </message>
    <message>
        <source>Sync</source>
        <translation>مزامنة</translation>
    </message>
    <message>
        <source>Operation</source>
        <translation>العملية</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>المشروع</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>العنقود</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>Namespace</translation>
    </message>
    <message>
        <source>Automated sync</source>
        <translation>مزامنة تلقائية</translation>
    </message>
    <message>
        <source>on</source>
        <translation>مشغّلة</translation>
    </message>
    <message>
        <source>off</source>
        <translation>متوقفة</translation>
    </message>
    <message>
        <source>Facets</source>
        <translation>الأوجه</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>المجلد</translation>
    </message>
    <message>
        <source>Repository</source>
        <translation>المستودع</translation>
    </message>
    <message>
        <source>Branch</source>
        <translation>الفرع</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>تحذير</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>النموذج</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>وحدات GPU</translation>
    </message>
    <message>
        <source>Repairs itself</source>
        <translation>يُصلح نفسه</translation>
    </message>
    <message>
        <source>Prunes</source>
        <translation>يقلّم</translation>
    </message>
    <message>
        <source>Namespace of the application</source>
        <translation>نطاق أسماء التطبيق</translation>
    </message>
    <message>
        <source>none</source>
        <translation>لا شيء</translation>
    </message>
    <message>
        <source>in no folder</source>
        <translation>بلا مجلد</translation>
    </message>
</context>
<context>
    <name>ui::FeedModel</name>
    <message>
        <source>Time</source>
        <translation>الوقت</translation>
    </message>
    <message>
        <source>State</source>
        <translation>الحالة</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>الكائن</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>ما الذي حدث</translation>
    </message>
    <message numerus="yes">
        <source>%n time(s)</source>
        <translation>
            <numerusform>ولا مرة</numerusform>
            <numerusform>مرة واحدة</numerusform>
            <numerusform>مرتان</numerusform>
            <numerusform>%n مرات</numerusform>
            <numerusform>%n مرة</numerusform>
            <numerusform>%n مرة</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::FieldChangeModel</name>
    <message>
        <source>Field</source>
        <translation>الحقل</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>الحي</translation>
    </message>
    <message>
        <source>After the sync</source>
        <translation>بعد المزامنة</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>السبب</translation>
    </message>
    <message>
        <source>Set by</source>
        <translation>مصدره</translation>
    </message>
    <message>
        <source>staged: %1</source>
        <translation>مجهّز: %1</translation>
    </message>
    <message>
        <source>(%1, sha256 %2)</source>
        <translation>(%1، sha256 %2)</translation>
    </message>
    <message>
        <source>binary</source>
        <translation>ثنائي</translation>
    </message>
    <message>
        <source>immutable</source>
        <translation>غير قابل للتغيير</translation>
    </message>
    <message>
        <source>defaulted</source>
        <translation>قيمة مبدئية</translation>
    </message>
    <message>
        <source>owned by %1</source>
        <translation>يملكه %1</translation>
    </message>
    <message>
        <source>injected by %1</source>
        <translation>أدخله %1</translation>
    </message>
    <message>
        <source>drift</source>
        <translation>انحراف</translation>
    </message>
    <message>
        <source>ignored</source>
        <translation>متجاهَل</translation>
    </message>
</context>
<context>
    <name>ui::FindBar</name>
    <message numerus="yes">
        <source>%n match(es)</source>
        <translation>
            <numerusform>لا نتائج</numerusform>
            <numerusform>نتيجة واحدة</numerusform>
            <numerusform>نتيجتان</numerusform>
            <numerusform>%n نتائج</numerusform>
            <numerusform>%n نتيجة</numerusform>
            <numerusform>%n نتيجة</numerusform>
        </translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>بحث...</translation>
    </message>
    <message>
        <source>Text to find</source>
        <translation>النص المطلوب</translation>
    </message>
    <message>
        <source>Previous</source>
        <translation>السابق</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>التالي</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>إغلاق</translation>
    </message>
</context>
<context>
    <name>ui::FleetPlanModel</name>
    <message>
        <source>planning…</source>
        <translation>جارٍ التخطيط…</translation>
    </message>
    <message>
        <source>may not run now: %1</source>
        <translation>لا يُسمح بالتشغيل الآن: %1</translation>
    </message>
    <message>
        <source>nothing to do</source>
        <translation>لا شيء مطلوب</translation>
    </message>
    <message>
        <source>the server refuses a part</source>
        <translation>يرفض الخادم جزءاً</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>جاهز</translation>
    </message>
    <message>
        <source>Application</source>
        <translation>تطبيق</translation>
    </message>
    <message>
        <source>create</source>
        <translation>إنشاء</translation>
    </message>
    <message>
        <source>change</source>
        <translation>تغيير</translation>
    </message>
    <message>
        <source>prune</source>
        <translation>تقليم</translation>
    </message>
    <message>
        <source>restarts</source>
        <translation>إعادة تشغيل</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>مرفوض</translation>
    </message>
    <message>
        <source>blast radius</source>
        <translation>نطاق الأثر</translation>
    </message>
    <message>
        <source>State</source>
        <translation>الحالة</translation>
    </message>
</context>
<context>
    <name>ui::FleetPlanPage</name>
    <message>
        <source>Combined plan</source>
        <translation>خطة مجمّعة</translation>
    </message>
    <message>
        <source>blast radius %1</source>
        <translation>نطاق الأثر %1</translation>
    </message>
    <message numerus="yes">
        <source>%n application(s)</source>
        <translation>
            <numerusform>لا تطبيقات</numerusform>
            <numerusform>تطبيق واحد</numerusform>
            <numerusform>تطبيقان</numerusform>
            <numerusform>%n تطبيقات</numerusform>
            <numerusform>%n تطبيقاً</numerusform>
            <numerusform>%n تطبيق</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 create</source>
        <translation>%1 إنشاء</translation>
    </message>
    <message>
        <source>%1 change</source>
        <translation>%1 تغيير</translation>
    </message>
    <message>
        <source>%1 prune</source>
        <translation>%1 تقليم</translation>
    </message>
    <message>
        <source>%1 restart pods</source>
        <translation>%1 يعيد تشغيل Pods</translation>
    </message>
    <message>
        <source>%1 refused</source>
        <translation>%1 مرفوض</translation>
    </message>
    <message>
        <source>still planning…</source>
        <translation>ما زال التخطيط جارياً…</translation>
    </message>
    <message numerus="yes">
        <source>Sync %n application(s)</source>
        <translation>
            <numerusform>لا تطبيقات للمزامنة</numerusform>
            <numerusform>مزامنة تطبيق واحد</numerusform>
            <numerusform>مزامنة تطبيقين</numerusform>
            <numerusform>مزامنة %n تطبيقات</numerusform>
            <numerusform>مزامنة %n تطبيقاً</numerusform>
            <numerusform>مزامنة %n تطبيق</numerusform>
        </translation>
    </message>
    <message>
        <source>The blast radius is %1 of 100: %2.</source>
        <translation>نطاق الأثر %1 من 100: %2.</translation>
    </message>
    <message>
        <source>sync all</source>
        <translation>زامن الكل</translation>
    </message>
    <message>
        <source>Sync %1</source>
        <translation>مزامنة %1</translation>
    </message>
    <message>
        <source>Applications of the plan</source>
        <translation>تطبيقات الخطة</translation>
    </message>
    <message>
        <source>Plan again</source>
        <translation>خطّط من جديد</translation>
    </message>
    <message>
        <source>Reason, for the journal</source>
        <translation>السبب، ليُحفظ في السجل</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>السبب</translation>
    </message>
    <message>
        <source>Every application is as Git wants it.</source>
        <translation>كل التطبيقات كما يريدها Git.</translation>
    </message>
    <message>
        <source>Run the combined plan</source>
        <translation>نفّذ الخطة المجمّعة</translation>
    </message>
    <message numerus="yes">
        <source>Planning %n application(s)</source>
        <translation>
            <numerusform>لا تطبيقات للتخطيط</numerusform>
            <numerusform>تخطيط تطبيق واحد</numerusform>
            <numerusform>تخطيط تطبيقين</numerusform>
            <numerusform>تخطيط %n تطبيقات</numerusform>
            <numerusform>تخطيط %n تطبيقاً</numerusform>
            <numerusform>تخطيط %n تطبيق</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ForwardDialog</name>
    <message>
        <source>Forward a port of %1</source>
        <translation>تحويل منفذ من %1</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>المنفذ</translation>
    </message>
    <message>
        <source>any free one</source>
        <translation>أي منفذ متاح</translation>
    </message>
    <message>
        <source>Port on this machine</source>
        <translation>المنفذ على هذا الجهاز</translation>
    </message>
    <message>
        <source>Forward</source>
        <translation>تحويل</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>إلغاء الأمر</translation>
    </message>
    <message>
        <source>Forward port %1 of %2</source>
        <translation>تحويل المنفذ %1 من %2</translation>
    </message>
</context>
<context>
    <name>ui::ForwardsPage</name>
    <message>
        <source>Forwarded ports</source>
        <translation>المنافذ المُحوَّلة</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>العنوان</translation>
    </message>
    <message>
        <source>Leads to</source>
        <translation>يقود إلى</translation>
    </message>
    <message>
        <source>Pod</source>
        <translation>الحاوية (Pod)</translation>
    </message>
    <message>
        <source>State</source>
        <translation>الحالة</translation>
    </message>
    <message>
        <source>Filter by address or object…</source>
        <translation>تصفية بالعنوان أو الكائن…</translation>
    </message>
    <message>
        <source>No port is forwarded. Choose &quot;Forward a port&quot; in the menu of a pod or a service.</source>
        <translation>لا منفذ مُحوَّل. اختر «تحويل منفذ» من قائمة حاوية أو خدمة.</translation>
    </message>
    <message>
        <source>Open in the browser</source>
        <translation>فتح في المتصفح</translation>
    </message>
    <message>
        <source>Copy the address</source>
        <translation>نسخ العنوان</translation>
    </message>
    <message>
        <source>Stop forwarding</source>
        <translation>إيقاف التحويل</translation>
    </message>
    <message>
        <source>opening…</source>
        <translation>جارٍ الفتح…</translation>
    </message>
    <message>
        <source>open</source>
        <translation>مفتوحة</translation>
    </message>
    <message numerus="yes">
        <source>%n port(s)</source>
        <translation>
            <numerusform>لا منافذ</numerusform>
            <numerusform>منفذ واحد</numerusform>
            <numerusform>منفذان</numerusform>
            <numerusform>%n منافذ</numerusform>
            <numerusform>%n منفذًا</numerusform>
            <numerusform>%n منفذ</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::Glyph</name>
    <message>
        <source>Healthy</source>
        <translation>سليم</translation>
    </message>
    <message>
        <source>Degraded</source>
        <translation>متدهور</translation>
    </message>
    <message>
        <source>Progressing</source>
        <translation>قيد التقدّم</translation>
    </message>
    <message>
        <source>Suspended</source>
        <translation>معلّق</translation>
    </message>
    <message>
        <source>Missing</source>
        <translation>مفقود</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>غير معروف</translation>
    </message>
    <message>
        <source>Synced</source>
        <translation>متزامن</translation>
    </message>
    <message>
        <source>Out of sync</source>
        <translation>غير متزامن</translation>
    </message>
    <message>
        <source>Needs pruning</source>
        <translation>يحتاج إلى تقليم</translation>
    </message>
    <message>
        <source>Hook</source>
        <translation>خطّاف</translation>
    </message>
</context>
<context>
    <name>ui::GpusPage</name>
    <message>
        <source>GPUs</source>
        <translation>وحدات GPU</translation>
    </message>
    <message>
        <source>Counting the GPUs</source>
        <translation>عدّ وحدات GPU</translation>
    </message>
    <message>
        <source>takes no new pods: %1</source>
        <translation>لا تقبل Pods جديدة: %1</translation>
    </message>
    <message>
        <source>%1 of %2 are out of use</source>
        <translation>%1 من %2 خارج الخدمة</translation>
    </message>
    <message>
        <source>Waiting for a GPU</source>
        <translation>بانتظار GPU</translation>
    </message>
    <message>
        <source>%1 allocatable · %2 requested · %3 free</source>
        <translation>%1 متاح للتخصيص · %2 مطلوب · %3 حرّ</translation>
    </message>
    <message>
        <source>Node, pod</source>
        <translation>العقدة أو Pod</translation>
    </message>
    <message>
        <source>GPU, application</source>
        <translation>GPU أو التطبيق</translation>
    </message>
    <message>
        <source>Allocatable</source>
        <translation>متاح للتخصيص</translation>
    </message>
    <message>
        <source>Requested</source>
        <translation>مطلوب</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>حرّ</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>ملاحظة</translation>
    </message>
    <message>
        <source>GPUs by node</source>
        <translation>وحدات GPU حسب العقدة</translation>
    </message>
    <message>
        <source>Filter by node, pod, application…</source>
        <translation>صفِّ بالعقدة أو Pod أو التطبيق…</translation>
    </message>
    <message>
        <source>Free ones only</source>
        <translation>الحرّة فقط</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>السجلات</translation>
    </message>
    <message>
        <source>Show in the tree</source>
        <translation>اعرض في الشجرة</translation>
    </message>
    <message>
        <source>No node of the clusters offers GPUs.</source>
        <translation>لا تقدّم أي عقدة في العناقيد وحدات GPU.</translation>
    </message>
</context>
<context>
    <name>ui::HistoryPage</name>
    <message>
        <source>automated sync</source>
        <translation>مزامنة تلقائية</translation>
    </message>
    <message>
        <source>Deployment %1</source>
        <translation>النشر %1</translation>
    </message>
    <message>
        <source>written by %1</source>
        <translation>كتبه %1</translation>
    </message>
    <message>
        <source>History</source>
        <translation>التاريخ</translation>
    </message>
    <message>
        <source>Nothing was deployed yet. The first sync makes the first entry.</source>
        <translation>لم يُنشر شيء بعد. أول مزامنة تصنع أول قيد.</translation>
    </message>
    <message>
        <source>Roll back to %1…</source>
        <translation>تراجع إلى %1…</translation>
    </message>
    <message>
        <source>Roll back…</source>
        <translation>تراجع…</translation>
    </message>
    <message>
        <source>Choose an earlier deployment first.</source>
        <translation>اختر نشراً أقدم أولاً.</translation>
    </message>
    <message>
        <source>Timeline</source>
        <translation>الخط الزمني</translation>
    </message>
    <message>
        <source>Deployments only</source>
        <translation>عمليات النشر فقط</translation>
    </message>
    <message>
        <source>Revert in Git…</source>
        <translation>اعكس في Git…</translation>
    </message>
    <message>
        <source>Revert the commit in Git…</source>
        <translation>اعكس الإيداع في Git…</translation>
    </message>
    <message>
        <source>Reading the journal</source>
        <translation>قراءة السجل</translation>
    </message>
    <message>
        <source>Revert %1 in Git?</source>
        <translation>أتعكس %1 في Git؟</translation>
    </message>
    <message>
        <source>A commit that undoes %1 is written on the branch of %2. Automated sync then deploys it.</source>
        <translation>يُكتب على فرع %2 إيداع يعكس %1، ثم تنشره المزامنة التلقائية.</translation>
    </message>
    <message>
        <source>Revert the commit</source>
        <translation>اعكس الإيداع</translation>
    </message>
    <message>
        <source>Revert %1 in Git</source>
        <translation>عكس %1 في Git</translation>
    </message>
    <message>
        <source>Switch automated sync of %1 on</source>
        <translation>تشغيل المزامنة التلقائية لـ %1</translation>
    </message>
    <message>
        <source>Choose a deployment, or two points to compare.</source>
        <translation>اختر نشرًا، أو نقطتين للمقارنة.</translation>
    </message>
    <message>
        <source>Switch it on</source>
        <translation>شغّلها</translation>
    </message>
    <message>
        <source>Compare both</source>
        <translation>قارن بينهما</translation>
    </message>
    <message>
        <source>Compare with live</source>
        <translation>قارن بالحالي</translation>
    </message>
    <message>
        <source>No longer bad</source>
        <translation>لم يعد سيئًا</translation>
    </message>
    <message>
        <source>Mark as bad…</source>
        <translation>علّمه سيئًا…</translation>
    </message>
    <message>
        <source>Automated sync never deploys a commit that is marked as bad</source>
        <translation>لا تنشر المزامنة التلقائية إيداعًا معلَّمًا بأنه سيئ</translation>
    </message>
    <message>
        <source>Compare</source>
        <translation>مقارنة</translation>
    </message>
    <message>
        <source>Mark %1 as bad</source>
        <translation>تعليم %1 سيئًا</translation>
    </message>
    <message>
        <source>Unmark %1</source>
        <translation>إزالة العلامة عن %1</translation>
    </message>
    <message>
        <source>Mark %1 as bad?</source>
        <translation>أتعلّم %1 سيئًا؟</translation>
    </message>
    <message>
        <source>Automated sync does not deploy it again, until the mark is taken away or Git moves on. A sync by hand still can.</source>
        <translation>لن تنشره المزامنة التلقائية مجددًا حتى تزال العلامة أو يتقدم Git. أما المزامنة اليدوية فتستطيع.</translation>
    </message>
    <message>
        <source>Mark as bad</source>
        <translation>علّمه سيئًا</translation>
    </message>
    <message>
        <source>Automated sync is paused until %1.</source>
        <translation>المزامنة التلقائية متوقفة حتى %1.</translation>
    </message>
    <message>
        <source>Automated sync is off until somebody switches it on.</source>
        <translation>المزامنة التلقائية متوقفة حتى يشغلها أحد.</translation>
    </message>
    <message>
        <source>By %1.</source>
        <translation>أوقفها %1.</translation>
    </message>
    <message>
        <source>canary promoted: %1</source>
        <translation>رُقّي الكناري: %1</translation>
    </message>
    <message>
        <source>canary aborted: %1</source>
        <translation>أُلغي الكناري: %1</translation>
    </message>
    <message>
        <source>analysis failed: %1</source>
        <translation>فشل التحليل: %1</translation>
    </message>
    <message>
        <source>took %1</source>
        <translation>استغرق %1</translation>
    </message>
    <message>
        <source>marked as bad: %1</source>
        <translation>معلَّم سيئًا: %1</translation>
    </message>
</context>
<context>
    <name>ui::IgnoreDialog</name>
    <message>
        <source>Ignore this difference</source>
        <translation>تجاهل هذا الاختلاف</translation>
    </message>
    <message>
        <source>%1 of this object</source>
        <translation>%1 في هذا الكائن</translation>
    </message>
    <message>
        <source>%1 of every %2</source>
        <translation>%1 في كل %2</translation>
    </message>
    <message>
        <source>every field of a %1 that %2 owns</source>
        <translation>كل حقل في %1 يملكه %2</translation>
    </message>
    <message>
        <source>The rule</source>
        <translation>القاعدة</translation>
    </message>
    <message>
        <source>Add the rule</source>
        <translation>أضف القاعدة</translation>
    </message>
    <message>
        <source>Counting…</source>
        <translation>جارٍ العدّ…</translation>
    </message>
    <message numerus="yes">
        <source>It hides %n difference(s).</source>
        <translation>
            <numerusform>لا يخفي أي اختلاف.</numerusform>
            <numerusform>يخفي اختلافاً واحداً.</numerusform>
            <numerusform>يخفي اختلافين.</numerusform>
            <numerusform>يخفي %n اختلافات.</numerusform>
            <numerusform>يخفي %n اختلافاً.</numerusform>
            <numerusform>يخفي %n اختلاف.</numerusform>
        </translation>
    </message>
    <message>
        <source>Resources that differ: %1 instead of %2.</source>
        <translation>الموارد المختلفة: %1 بدلاً من %2.</translation>
    </message>
</context>
<context>
    <name>ui::Inspector</name>
    <message>
        <source>Overview</source>
        <translation>نظرة عامة</translation>
    </message>
    <message>
        <source>Manifest</source>
        <translation>المستند</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>الأحداث</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>التفاصيل</translation>
    </message>
    <message>
        <source>Why is it waiting?</source>
        <translation>لماذا ينتظر؟</translation>
    </message>
    <message>
        <source>What next?</source>
        <translation>ما التالي؟</translation>
    </message>
    <message>
        <source>Abort</source>
        <translation>إلغاء</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>السجلات</translation>
    </message>
    <message>
        <source>Relations</source>
        <translation>العلاقات</translation>
    </message>
    <message>
        <source>Choose an application or a resource to see why it is in its state.</source>
        <translation>اختر تطبيقاً أو مورداً لترى سبب حالته.</translation>
    </message>
    <message>
        <source>Health</source>
        <translation>الصحة</translation>
    </message>
    <message numerus="yes">
        <source>%n resource(s)</source>
        <translation>
            <numerusform>لا موارد</numerusform>
            <numerusform>مورد واحد</numerusform>
            <numerusform>موردان</numerusform>
            <numerusform>%n موارد</numerusform>
            <numerusform>%n مورداً</numerusform>
            <numerusform>%n مورد</numerusform>
        </translation>
    </message>
    <message>
        <source>Sync</source>
        <translation>مزامنة</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>الخطوة</translation>
    </message>
    <message>
        <source>weight %1</source>
        <translation>وزن %1</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>الوضع</translation>
    </message>
    <message>
        <source>Revision</source>
        <translation>المراجعة</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>المصدر</translation>
    </message>
    <message>
        <source>Why is it in this state?</source>
        <translation>لماذا هو في هذه الحالة؟</translation>
    </message>
    <message>
        <source>Set by %1 line %2</source>
        <translation>السبب: %1 سطر %2</translation>
    </message>
    <message>
        <source>The rollout is aborted and traffic is on the stable version. Retry it, or change the image in Git.</source>
        <translation>أُلغي الإطلاق والحركة على النسخة المستقرة. أعد المحاولة أو غيّر الصورة في Git.</translation>
    </message>
    <message>
        <source>At %1 the pause ends and the next step begins.</source>
        <translation>عند %1 ينتهي التوقف وتبدأ الخطوة التالية.</translation>
    </message>
    <message>
        <source>The rollout waits until somebody promotes or aborts it.</source>
        <translation>ينتظر الإطلاق حتى يرقّيه أحد أو يلغيه.</translation>
    </message>
    <message>
        <source>It is no longer in Git. A sync with pruning removes it.</source>
        <translation>لم يعد في Git. تزيله مزامنة مع التقليم.</translation>
    </message>
    <message>
        <source>The sync goes on by itself as soon as that is healthy.</source>
        <translation>تتابع المزامنة تلقائياً متى صار ذلك سليماً.</translation>
    </message>
    <message>
        <source>Automated sync does not act: %1</source>
        <translation>المزامنة التلقائية لا تعمل: %1</translation>
    </message>
    <message>
        <source>Automated sync brings it to the state in Git.</source>
        <translation>تعيده المزامنة التلقائية إلى حالته في Git.</translation>
    </message>
    <message>
        <source>Automated sync is off: review the plan and sync.</source>
        <translation>المزامنة التلقائية متوقفة: راجع الخطة ثم زامِن.</translation>
    </message>
    <message>
        <source>It matches Git, so the cause is in the cluster or in the manifests: read the events and logs.</source>
        <translation>هو مطابق لـ Git، فالسبب في العنقود أو في المستندات: اقرأ الأحداث والسجلات.</translation>
    </message>
    <message>
        <source>Show the diff</source>
        <translation>أظهر الفروق</translation>
    </message>
</context>
<context>
    <name>ui::JournalModel</name>
    <message>
        <source>Time</source>
        <translation>الوقت</translation>
    </message>
    <message>
        <source>Who</source>
        <translation>من</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>الإجراء</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>الكائن</translation>
    </message>
    <message>
        <source>From</source>
        <translation>من مراجعة</translation>
    </message>
    <message>
        <source>To</source>
        <translation>إلى مراجعة</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>النتيجة</translation>
    </message>
</context>
<context>
    <name>ui::JournalPage</name>
    <message>
        <source>Journal</source>
        <translation>السجل</translation>
    </message>
    <message>
        <source>Reading the journal</source>
        <translation>قراءة السجل</translation>
    </message>
    <message>
        <source>unbroken</source>
        <translation>سليم السلسلة</translation>
    </message>
    <message>
        <source>broken</source>
        <translation>مكسور السلسلة</translation>
    </message>
    <message>
        <source>Checking the journal</source>
        <translation>فحص السجل</translation>
    </message>
    <message>
        <source>Search who, what, revision…</source>
        <translation>ابحث عن شخص أو فعل أو مراجعة…</translation>
    </message>
    <message>
        <source>Search the journal</source>
        <translation>البحث في السجل</translation>
    </message>
    <message>
        <source>Check the chain</source>
        <translation>افحص السلسلة</translation>
    </message>
    <message>
        <source>Nothing has been done yet.</source>
        <translation>لم يُفعل شيء بعد.</translation>
    </message>
    <message>
        <source>%1 entries</source>
        <translation>القيود: %1</translation>
    </message>
    <message>
        <source>Reason: %1</source>
        <translation>السبب: %1</translation>
    </message>
    <message>
        <source>Compare both revisions</source>
        <translation>قارن بين المراجعتين</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>الحقل</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>قبل</translation>
    </message>
    <message>
        <source>After</source>
        <translation>بعد</translation>
    </message>
    <message>
        <source>What it changed</source>
        <translation>ما الذي غيّره</translation>
    </message>
</context>
<context>
    <name>ui::LoginDialog</name>
    <message>
        <source>Log in to %1</source>
        <translation>تسجيل الدخول إلى %1</translation>
    </message>
    <message>
        <source>User</source>
        <translation>المستخدم</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>كلمة المرور</translation>
    </message>
    <message>
        <source>or a token</source>
        <translation>أو رمز وصول</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>دخول</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>إلغاء الأمر</translation>
    </message>
    <message>
        <source>Remember it in the desktop&apos;s keyring</source>
        <translation>تذكّره في حلقة مفاتيح سطح المكتب</translation>
    </message>
</context>
<context>
    <name>ui::LogsPage</name>
    <message>
        <source>Logs</source>
        <translation>السجلات</translation>
    </message>
    <message>
        <source>Reading the log of %1</source>
        <translation>قراءة سجل %1</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>الحاوية</translation>
    </message>
    <message>
        <source>Filter (regular expression)…</source>
        <translation>تصفية (تعبير نمطي)…</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>تصفية</translation>
    </message>
    <message>
        <source>follow</source>
        <translation>متابعة</translation>
    </message>
    <message>
        <source>Log lines</source>
        <translation>أسطر السجل</translation>
    </message>
    <message>
        <source>%1 lines</source>
        <translation>الأسطر: %1</translation>
    </message>
    <message>
        <source>%1 of %2 lines</source>
        <translation>%1 من %2 سطراً</translation>
    </message>
    <message>
        <source>No pod runs here yet.</source>
        <translation>لا Pod يعمل هنا بعد.</translation>
    </message>
    <message>
        <source>All pods (%1)</source>
        <translation>كل Pods ‏(%1)</translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s)</source>
        <translation>
            <numerusform>لا Pods</numerusform>
            <numerusform>Pod واحد</numerusform>
            <numerusform>اثنان من Pods</numerusform>
            <numerusform>%n من Pods</numerusform>
            <numerusform>%n من Pods</numerusform>
            <numerusform>%n من Pods</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>Reading the logs of %n pod(s)</source>
        <translation>
            <numerusform>قراءة السجلات</numerusform>
            <numerusform>قراءة سجل Pod واحد</numerusform>
            <numerusform>قراءة سجلّي Pod</numerusform>
            <numerusform>قراءة سجلات %n من Pods</numerusform>
            <numerusform>قراءة سجلات %n من Pods</numerusform>
            <numerusform>قراءة سجلات %n من Pods</numerusform>
        </translation>
    </message>
    <message>
        <source>Save the lines shown</source>
        <translation>حفظ الأسطر المعروضة</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>نص</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>Pods</translation>
    </message>
    <message>
        <source>before the restart</source>
        <translation>قبل إعادة التشغيل</translation>
    </message>
    <message>
        <source>The log of the container before its last restart</source>
        <translation>سجل الحاوية قبل آخر إعادة تشغيل لها</translation>
    </message>
    <message>
        <source>times</source>
        <translation>الأوقات</translation>
    </message>
    <message>
        <source>Since</source>
        <translation>منذ</translation>
    </message>
    <message>
        <source>the last lines</source>
        <translation>آخر الأسطر</translation>
    </message>
    <message>
        <source>5 minutes</source>
        <translation>5 دقائق</translation>
    </message>
    <message>
        <source>an hour</source>
        <translation>ساعة</translation>
    </message>
    <message>
        <source>a day</source>
        <translation>يوم</translation>
    </message>
    <message>
        <source>the beginning</source>
        <translation>البداية</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>الشدة</translation>
    </message>
    <message>
        <source>every severity</source>
        <translation>كل الشدّات</translation>
    </message>
    <message>
        <source>information</source>
        <translation>معلومات</translation>
    </message>
    <message>
        <source>warnings</source>
        <translation>تحذيرات</translation>
    </message>
    <message>
        <source>errors</source>
        <translation>أخطاء</translation>
    </message>
    <message>
        <source>Save the lines shown…</source>
        <translation>احفظ الأسطر المعروضة…</translation>
    </message>
    <message>
        <source>Filter the log</source>
        <translation>صفِّ السجل</translation>
    </message>
</context>
<context>
    <name>ui::MainWindow</name>
    <message>
        <source>Open the page</source>
        <translation>فتح الصفحة</translation>
    </message>
    <message>
        <source>accepted</source>
        <translation>قُبل</translation>
    </message>
    <message>
        <source>Refresh %1</source>
        <translation>تحديث %1</translation>
    </message>
    <message>
        <source>Sync %1</source>
        <translation>مزامنة %1</translation>
    </message>
    <message>
        <source>Terminate the operation of %1</source>
        <translation>إنهاء عملية %1</translation>
    </message>
    <message>
        <source>Turn automated sync of %1 on</source>
        <translation>تشغيل المزامنة التلقائية لـ %1</translation>
    </message>
    <message>
        <source>Turn automated sync of %1 off</source>
        <translation>إيقاف المزامنة التلقائية لـ %1</translation>
    </message>
    <message>
        <source>Abort %1?</source>
        <translation>أتُلغي %1؟</translation>
    </message>
    <message>
        <source>All traffic goes back to the stable version and the canary is scaled down. The commit in Git stays.</source>
        <translation>تعود كل الحركة إلى النسخة المستقرة ويُصغَّر الكناري. يبقى الإيداع في Git.</translation>
    </message>
    <message>
        <source>Abort the rollout</source>
        <translation>ألغِ الإطلاق</translation>
    </message>
    <message>
        <source>Abort %1</source>
        <translation>إلغاء %1</translation>
    </message>
    <message>
        <source>Verify the journal</source>
        <translation>تحقّق من السجل</translation>
    </message>
    <message>
        <source>About Pilothouse</source>
        <translation>عن Pilothouse</translation>
    </message>
    <message>
        <source>Pilothouse %1: a desktop GitOps console for ML platforms.
Licence: GPL 3.0 or later.</source>
        <translation>Pilothouse %1: لوحة GitOps مكتبية لمنصات تعلّم الآلة.
الرخصة: GPL 3.0 أو أحدث.</translation>
    </message>
    <message>
        <source>Set the cluster&apos;s clock</source>
        <translation>ضبط ساعة العنقود</translation>
    </message>
    <message>
        <source>No application is chosen.</source>
        <translation>لم يُختر تطبيق.</translation>
    </message>
    <message>
        <source>The cluster cannot be reached.</source>
        <translation>لا يمكن الوصول إلى العنقود.</translation>
    </message>
    <message>
        <source>A sync is running.</source>
        <translation>تجري مزامنة.</translation>
    </message>
    <message>
        <source>No operation is running.</source>
        <translation>لا عملية تجري.</translation>
    </message>
    <message>
        <source>There is no earlier deployment.</source>
        <translation>لا نشر أقدم.</translation>
    </message>
    <message>
        <source>The application has no rollout.</source>
        <translation>ليس للتطبيق إطلاق.</translation>
    </message>
    <message>
        <source>The rollout is complete.</source>
        <translation>اكتمل الإطلاق.</translation>
    </message>
    <message>
        <source>A real cluster&apos;s clock cannot be set.</source>
        <translation>لا يمكن ضبط ساعة عنقود حقيقي.</translation>
    </message>
    <message>
        <source>File</source>
        <translation>ملف</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>تحرير</translation>
    </message>
    <message>
        <source>View</source>
        <translation>عرض</translation>
    </message>
    <message>
        <source>Application</source>
        <translation>تطبيق</translation>
    </message>
    <message>
        <source>Rollout</source>
        <translation>إطلاق</translation>
    </message>
    <message>
        <source>Diff</source>
        <translation>فروق</translation>
    </message>
    <message>
        <source>Tools</source>
        <translation>أدوات</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>المظهر</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>مساعدة</translation>
    </message>
    <message>
        <source>Connections and views</source>
        <translation>الاتصالات والعروض</translation>
    </message>
    <message>
        <source>Inspector</source>
        <translation>المفتش</translation>
    </message>
    <message>
        <source>Lists</source>
        <translation>القوائم</translation>
    </message>
    <message>
        <source>Search or run…</source>
        <translation>ابحث أو نفّذ...</translation>
    </message>
    <message>
        <source>Search or run</source>
        <translation>ابحث أو نفّذ</translation>
    </message>
    <message>
        <source>Speed of the cluster&apos;s clock</source>
        <translation>سرعة ساعة العنقود</translation>
    </message>
    <message>
        <source>Change the language</source>
        <translation>غيّر اللغة</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>الصفحات</translation>
    </message>
    <message>
        <source>embedded cluster</source>
        <translation>عنقود مدمج</translation>
    </message>
    <message>
        <source>%1: connecting</source>
        <translation>%1: جارٍ الاتصال</translation>
    </message>
    <message>
        <source>%1 connected</source>
        <translation>%1 متصل</translation>
    </message>
    <message>
        <source>%1 in trouble</source>
        <translation>%1 في عطل</translation>
    </message>
    <message>
        <source>%1 cannot be reached</source>
        <translation>تعذّر الوصول إلى %1</translation>
    </message>
    <message numerus="yes">
        <source>%n application(s)</source>
        <translation>
            <numerusform>لا تطبيقات</numerusform>
            <numerusform>تطبيق واحد</numerusform>
            <numerusform>تطبيقان</numerusform>
            <numerusform>%n تطبيقات</numerusform>
            <numerusform>%n تطبيقاً</numerusform>
            <numerusform>%n تطبيق</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n sync(s) running</source>
        <translation>
            <numerusform>لا مزامنة تجري</numerusform>
            <numerusform>مزامنة واحدة تجري</numerusform>
            <numerusform>مزامنتان تجريان</numerusform>
            <numerusform>%n مزامنات تجري</numerusform>
            <numerusform>%n مزامنة تجري</numerusform>
            <numerusform>%n مزامنة تجري</numerusform>
        </translation>
    </message>
    <message>
        <source>The cluster cannot be reached (%1). What you see is as it was %2.</source>
        <translation>تعذّر الوصول إلى العنقود (%1). ما تراه كما كان %2.</translation>
    </message>
    <message>
        <source>before</source>
        <translation>سابقاً</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>إزالة</translation>
    </message>
    <message>
        <source>Open the copied link</source>
        <translation>افتح الرابط المنسوخ</translation>
    </message>
    <message>
        <source>Save the layout</source>
        <translation>حفظ الترتيب</translation>
    </message>
    <message>
        <source>Name of the layout</source>
        <translation>اسم الترتيب</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>حفظ</translation>
    </message>
    <message>
        <source>Open %1</source>
        <translation>فتح %1</translation>
    </message>
    <message>
        <source>Open the cluster of %1?</source>
        <translation>فتح العنقود الموصوف في %1؟</translation>
    </message>
    <message>
        <source>Layouts</source>
        <translation>الترتيبات</translation>
    </message>
    <message>
        <source>Layout: %1</source>
        <translation>الترتيب: %1</translation>
    </message>
    <message>
        <source>Canary</source>
        <translation>الكناري</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>الطرفية</translation>
    </message>
    <message numerus="yes">
        <source>%n kind(s) of this cluster cannot be read: %1. You see the rest (%2).</source>
        <translation>
            <numerusform>كل أنواع هذا العنقود يمكن قراءتها.%1%2</numerusform>
            <numerusform>نوع واحد من هذا العنقود لا يمكن قراءته: %1. ما تراه هو الباقي (%2).</numerusform>
            <numerusform>نوعان من هذا العنقود لا يمكن قراءتهما: %1. ما تراه هو الباقي (%2).</numerusform>
            <numerusform>%n أنواع من هذا العنقود لا يمكن قراءتها: %1. ما تراه هو الباقي (%2).</numerusform>
            <numerusform>%n نوعًا من هذا العنقود لا يمكن قراءتها: %1. ما تراه هو الباقي (%2).</numerusform>
            <numerusform>%n نوع من هذا العنقود لا يمكن قراءتها: %1. ما تراه هو الباقي (%2).</numerusform>
        </translation>
    </message>
    <message>
        <source>, </source>
        <translation>، </translation>
    </message>
    <message>
        <source>Canary in %1</source>
        <translation>الكناري في %1</translation>
    </message>
    <message>
        <source>Close the panel</source>
        <translation>أغلق اللوحة</translation>
    </message>
    <message>
        <source>Detach or attach the panel</source>
        <translation>افصل اللوحة أو أعدها</translation>
    </message>
    <message>
        <source>Scroll the tabs</source>
        <translation>مرّر التبويبات</translation>
    </message>
    <message>
        <source>Close the tab</source>
        <translation>أغلق التبويب</translation>
    </message>
    <message>
        <source>Promote %1</source>
        <translation>ترقية %1</translation>
    </message>
    <message>
        <source>Open a snapshot</source>
        <translation>فتح لقطة</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>اللقطات</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>كل الملفات</translation>
    </message>
    <message>
        <source>Save a snapshot of this cluster</source>
        <translation>حفظ لقطة لهذا العنقود</translation>
    </message>
    <message>
        <source>The kubeconfig&apos;s current context is connected to, beside the connections of this window.</source>
        <translation>يجري الاتصال بالسياق الحالي في kubeconfig، بجانب اتصالات هذه النافذة.</translation>
    </message>
    <message>
        <source>Connect</source>
        <translation>اتصل</translation>
    </message>
    <message>
        <source>%1 ms</source>
        <translation>%1 مث</translation>
    </message>
    <message>
        <source>offline: none</source>
        <translation>منقطع: لا شيء</translation>
    </message>
    <message>
        <source>offline: %1</source>
        <translation>منقطع: %1</translation>
    </message>
    <message>
        <source>Registered clusters that do not answer</source>
        <translation>العناقيد المسجّلة التي لا تجيب</translation>
    </message>
    <message>
        <source>Read-only: on</source>
        <translation>للقراءة فقط: نعم</translation>
    </message>
    <message>
        <source>Read-only: off</source>
        <translation>للقراءة فقط: لا</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>الاتصال</translation>
    </message>
    <message>
        <source>Open a connection</source>
        <translation>فتح اتصال</translation>
    </message>
    <message>
        <source>%1, a snapshot</source>
        <translation>%1، لقطة</translation>
    </message>
    <message>
        <source>This is a snapshot of %1: what you see is as it was %2, and nothing can be changed.</source>
        <translation>هذه لقطة من %1: ما تراه هو كما كان %2، ولا يمكن تغيير شيء.</translation>
    </message>
    <message>
        <source>View: %1</source>
        <translation>العرض: %1</translation>
    </message>
    <message>
        <source>Applications</source>
        <translation>التطبيقات</translation>
    </message>
</context>
<context>
    <name>ui::MeasurementsView</name>
    <message>
        <source>Time</source>
        <translation>الوقت</translation>
    </message>
    <message>
        <source>Metric</source>
        <translation>المقياس</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>القيمة</translation>
    </message>
    <message>
        <source>Limit</source>
        <translation>الحد</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>النتيجة</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>الرسالة</translation>
    </message>
    <message>
        <source>Run</source>
        <translation>التشغيل</translation>
    </message>
    <message>
        <source>Measurements</source>
        <translation>القياسات</translation>
    </message>
    <message>
        <source>%1 (baseline)</source>
        <translation>%1 (خط الأساس)</translation>
    </message>
    <message>
        <source>No analysis has measured anything yet: it begins with the step that asks for one.</source>
        <translation>لم يقس أي تحليل شيئاً بعد: يبدأ مع الخطوة التي تطلبه.</translation>
    </message>
</context>
<context>
    <name>ui::ModelsPage</name>
    <message>
        <source>%1, asked for %2</source>
        <translation>%1، والمطلوب %2</translation>
    </message>
    <message>
        <source>canary</source>
        <translation>الكناري</translation>
    </message>
    <message>
        <source>stable</source>
        <translation>المستقر</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>النماذج</translation>
    </message>
    <message>
        <source>Reading the models</source>
        <translation>قراءة النماذج</translation>
    </message>
    <message numerus="yes">
        <source>%n model(s)</source>
        <translation>
            <numerusform>لا نماذج</numerusform>
            <numerusform>نموذج واحد</numerusform>
            <numerusform>نموذجان</numerusform>
            <numerusform>%n نماذج</numerusform>
            <numerusform>%n نموذجاً</numerusform>
            <numerusform>%n نموذج</numerusform>
        </translation>
    </message>
    <message>
        <source>Model</source>
        <translation>النموذج</translation>
    </message>
    <message>
        <source>Served by</source>
        <translation>يقدّمه</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>النسخة</translation>
    </message>
    <message>
        <source>Traffic</source>
        <translation>الحركة</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>النوع</translation>
    </message>
    <message>
        <source>Where it is stored</source>
        <translation>مكان التخزين</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>ملاحظة</translation>
    </message>
    <message>
        <source>Filter by model, version, URI…</source>
        <translation>صفِّ بالنموذج أو النسخة أو العنوان…</translation>
    </message>
    <message>
        <source>No InferenceService and no Rollout serves a model here yet.</source>
        <translation>لا InferenceService ولا Rollout يقدّم نموذجاً هنا بعد.</translation>
    </message>
    <message>
        <source>Open the canary</source>
        <translation>افتح الكناري</translation>
    </message>
    <message>
        <source>Show in the tree</source>
        <translation>اعرض في الشجرة</translation>
    </message>
    <message>
        <source>Show the manifest</source>
        <translation>اعرض المستند</translation>
    </message>
    <message>
        <source>Model, version</source>
        <translation>النموذج، الإصدار</translation>
    </message>
    <message>
        <source>Services</source>
        <translation>الخدمات</translation>
    </message>
    <message>
        <source>Versions by environment</source>
        <translation>الإصدارات حسب البيئة</translation>
    </message>
    <message>
        <source>%1 is served elsewhere</source>
        <translation>يُقدَّم %1 في مكان آخر</translation>
    </message>
</context>
<context>
    <name>ui::Navigator</name>
    <message>
        <source>Connections</source>
        <translation>الاتصالات</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>العروض</translation>
    </message>
    <message>
        <source>embedded cluster</source>
        <translation>عنقود مدمج</translation>
    </message>
    <message>
        <source>Needs a decision</source>
        <translation>بانتظار قرار</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>مشكلات</translation>
    </message>
    <message>
        <source>All applications</source>
        <translation>كل التطبيقات</translation>
    </message>
    <message>
        <source>Canary</source>
        <translation>الكناري</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>النماذج</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>وحدات GPU</translation>
    </message>
    <message>
        <source>Resources</source>
        <translation>الموارد</translation>
    </message>
    <message>
        <source>Journal</source>
        <translation>السجل</translation>
    </message>
    <message>
        <source>Events</source>
        <translation>الأحداث</translation>
    </message>
    <message>
        <source>Administration</source>
        <translation>الإدارة</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>غير متصل</translation>
    </message>
    <message>
        <source>ApplicationSets</source>
        <translation>مجموعات التطبيقات</translation>
    </message>
</context>
<context>
    <name>ui::ObjectMenu</name>
    <message>
        <source>Abort</source>
        <translation>إلغاء</translation>
    </message>
    <message>
        <source>Let no new pods in (cordon)</source>
        <translation>منع Pods الجديدة (cordon)</translation>
    </message>
    <message>
        <source>Run it now (create a job)</source>
        <translation>شغّله الآن (إنشاء Job)</translation>
    </message>
    <message>
        <source>Run it now (create a workflow)</source>
        <translation>شغّله الآن (إنشاء Workflow)</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>إيقاف مؤقت</translation>
    </message>
    <message>
        <source>Promote fully</source>
        <translation>ترقية كاملة</translation>
    </message>
    <message>
        <source>Push now</source>
        <translation>ادفع الآن</translation>
    </message>
    <message>
        <source>Reconcile now</source>
        <translation>طابِق الآن</translation>
    </message>
    <message>
        <source>Refresh now</source>
        <translation>حدّث الآن</translation>
    </message>
    <message>
        <source>Reload the configuration</source>
        <translation>أعد تحميل الإعدادات</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>إعادة التشغيل</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>استئناف</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>إعادة المحاولة</translation>
    </message>
    <message>
        <source>Scale</source>
        <translation>تغيير العدد</translation>
    </message>
    <message>
        <source>Skip the current step</source>
        <translation>تخطَّ الخطوة الحالية</translation>
    </message>
    <message>
        <source>Suspend</source>
        <translation>تعليق</translation>
    </message>
    <message>
        <source>Terminate</source>
        <translation>إنهاء</translation>
    </message>
    <message>
        <source>Turn automated sync on or off</source>
        <translation>تشغيل المزامنة التلقائية أو إيقافها</translation>
    </message>
    <message>
        <source>Let new pods in (uncordon)</source>
        <translation>السماح بـ Pods الجديدة (uncordon)</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>الإجراءات</translation>
    </message>
    <message>
        <source>There is no use for it in its present state.</source>
        <translation>لا فائدة منه في حالته الراهنة.</translation>
    </message>
    <message>
        <source>Its kind has no actions</source>
        <translation>ليس لنوعه إجراءات</translation>
    </message>
    <message numerus="yes">
        <source>%n object(s)</source>
        <translation>
            <numerusform>لا كائنات</numerusform>
            <numerusform>كائن واحد</numerusform>
            <numerusform>كائنان</numerusform>
            <numerusform>%n كائنات</numerusform>
            <numerusform>%n كائناً</numerusform>
            <numerusform>%n كائن</numerusform>
        </translation>
    </message>
    <message>
        <source>It is carried out in the cluster at once. An application that heals itself may undo it.</source>
        <translation>يُنفَّذ في العنقود فوراً. قد يتراجع عنه تطبيق يصلح نفسه.</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>إلغاء الأمر</translation>
    </message>
</context>
<context>
    <name>ui::ObjectsModel</name>
    <message>
        <source>Kind</source>
        <translation>النوع</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>Namespace</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>الاسم</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>الوضع</translation>
    </message>
    <message>
        <source>Owner</source>
        <translation>المالك</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>العمر</translation>
    </message>
    <message>
        <source>CPU used</source>
        <translation>المعالج المستخدم</translation>
    </message>
    <message>
        <source>Memory used</source>
        <translation>الذاكرة المستخدمة</translation>
    </message>
</context>
<context>
    <name>ui::Palette</name>
    <message>
        <source>Search or run…</source>
        <translation>ابحث أو نفّذ...</translation>
    </message>
    <message>
        <source>Search or run</source>
        <translation>ابحث أو نفّذ</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>النتائج</translation>
    </message>
</context>
<context>
    <name>ui::Phase</name>
    <message>
        <source>Running</source>
        <translation>يجري</translation>
    </message>
    <message>
        <source>Succeeded</source>
        <translation>نجح</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>فشل</translation>
    </message>
    <message>
        <source>Error</source>
        <translation>خطأ</translation>
    </message>
    <message>
        <source>Terminating</source>
        <translation>يُنهى</translation>
    </message>
</context>
<context>
    <name>ui::PlanModel</name>
    <message>
        <source>waits</source>
        <translation>ينتظر</translation>
    </message>
    <message>
        <source>planned</source>
        <translation>مخطط</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>مرفوض</translation>
    </message>
    <message>
        <source>running</source>
        <translation>يجري</translation>
    </message>
    <message>
        <source>done</source>
        <translation>تمّ</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>فشل</translation>
    </message>
    <message>
        <source>pruned</source>
        <translation>قُلّم</translation>
    </message>
    <message>
        <source>not pruned</source>
        <translation>لم يُقلَّم</translation>
    </message>
    <message>
        <source>wave %1</source>
        <translation>موجة %1</translation>
    </message>
    <message>
        <source>pods restart</source>
        <translation>يُعاد تشغيل Pods</translation>
    </message>
    <message>
        <source>Wave</source>
        <translation>الموجة</translation>
    </message>
    <message>
        <source>Resource</source>
        <translation>المورد</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>الإجراء</translation>
    </message>
    <message>
        <source>State</source>
        <translation>الحالة</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>ملاحظة</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>مستثنى</translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) restart</source>
        <translation>
            <numerusform>لا تُعاد أي Pods</numerusform>
            <numerusform>يُعاد تشغيل Pod واحد</numerusform>
            <numerusform>يُعاد تشغيل اثنين من Pods</numerusform>
            <numerusform>يُعاد تشغيل %n من Pods</numerusform>
            <numerusform>يُعاد تشغيل %n من Pods</numerusform>
            <numerusform>يُعاد تشغيل %n من Pods</numerusform>
        </translation>
    </message>
    <message>
        <source>still used by %1</source>
        <translation>ما زال يستعمله %1</translation>
    </message>
    <message>
        <source>Takes about</source>
        <translation>يستغرق نحو</translation>
    </message>
    <message>
        <source>%1 s</source>
        <translation>%1 ث</translation>
    </message>
    <message>
        <source>%1 min</source>
        <translation>%1 د</translation>
    </message>
    <message>
        <source>%1 h</source>
        <translation>%1 س</translation>
    </message>
</context>
<context>
    <name>ui::PlanPage</name>
    <message>
        <source>Plan</source>
        <translation>خطة</translation>
    </message>
    <message>
        <source>Planning the sync of %1</source>
        <translation>تخطيط مزامنة %1</translation>
    </message>
    <message>
        <source>blast radius %1</source>
        <translation>نطاق الأثر %1</translation>
    </message>
    <message>
        <source>dry run: %1 fine</source>
        <translation>تجربة جافة: %1 سليم</translation>
    </message>
    <message>
        <source>%1 refused</source>
        <translation>%1 مرفوض</translation>
    </message>
    <message>
        <source>%1 restart pods</source>
        <translation>%1 يعيد تشغيل Pods</translation>
    </message>
    <message>
        <source>It may not run now: %1</source>
        <translation>لا يجوز تشغيلها الآن: %1</translation>
    </message>
    <message>
        <source>%1 of %2 done</source>
        <translation>تمّ %1 من %2</translation>
    </message>
    <message>
        <source>Sync %1</source>
        <translation>مزامنة %1</translation>
    </message>
    <message>
        <source>Sync %1?</source>
        <translation>أتزامن %1؟</translation>
    </message>
    <message>
        <source>The blast radius is %1 of 100: %2.</source>
        <translation>نطاق الأثر %1 من 100: %2.</translation>
    </message>
    <message>
        <source>Terminate the sync of %1</source>
        <translation>إنهاء مزامنة %1</translation>
    </message>
    <message>
        <source>prune</source>
        <translation>تقليم</translation>
    </message>
    <message>
        <source>Delete what is no longer in Git</source>
        <translation>احذف ما لم يعد في Git</translation>
    </message>
    <message>
        <source>force</source>
        <translation>إجبار</translation>
    </message>
    <message>
        <source>Delete and create again what cannot be changed</source>
        <translation>احذف ما لا يمكن تغييره وأنشئه من جديد</translation>
    </message>
    <message>
        <source>Plan again</source>
        <translation>خطّط من جديد</translation>
    </message>
    <message>
        <source>Terminate</source>
        <translation>إنهاء</translation>
    </message>
    <message>
        <source>Reason, for the journal</source>
        <translation>السبب، ليُحفظ في السجل</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>السبب</translation>
    </message>
    <message>
        <source>Run the plan</source>
        <translation>نفّذ الخطة</translation>
    </message>
    <message>
        <source>Tasks of the plan</source>
        <translation>مهام الخطة</translation>
    </message>
    <message>
        <source>Nothing to do: the cluster is as Git wants it.</source>
        <translation>لا شيء يُفعل: العنقود كما يريده Git.</translation>
    </message>
    <message>
        <source>Terminate the sync</source>
        <translation>أنهِ المزامنة</translation>
    </message>
    <message>
        <source>Rollback</source>
        <translation>التراجع</translation>
    </message>
    <message>
        <source>Roll %1 back to deployment %2?</source>
        <translation>أتُرجع %1 إلى النشر %2؟</translation>
    </message>
    <message>
        <source>Roll back to %1</source>
        <translation>تراجع إلى %1</translation>
    </message>
    <message>
        <source>Automated sync is switched off first, so that it does not bring the newer version again.</source>
        <translation>تُوقَف المزامنة التلقائية أولاً كي لا تعيد النسخة الأحدث.</translation>
    </message>
    <message>
        <source>Roll %1 back to %2</source>
        <translation>إرجاع %1 إلى %2</translation>
    </message>
    <message>
        <source>Roll back</source>
        <translation>تراجع</translation>
    </message>
    <message numerus="yes">
        <source>%n staged field(s)</source>
        <translation>
            <numerusform>لا حقول مجهزة</numerusform>
            <numerusform>حقل مجهز واحد</numerusform>
            <numerusform>حقلان مجهزان</numerusform>
            <numerusform>%n حقول مجهزة</numerusform>
            <numerusform>%n حقلًا مجهزًا</numerusform>
            <numerusform>%n حقل مجهز</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) restart</source>
        <translation>
            <numerusform>لا تُعاد أي Pods</numerusform>
            <numerusform>يُعاد تشغيل Pod واحد</numerusform>
            <numerusform>يُعاد تشغيل اثنين من Pods</numerusform>
            <numerusform>يُعاد تشغيل %n من Pods</numerusform>
            <numerusform>يُعاد تشغيل %n من Pods</numerusform>
            <numerusform>يُعاد تشغيل %n من Pods</numerusform>
        </translation>
    </message>
    <message>
        <source>takes about %1</source>
        <translation>يستغرق نحو %1</translation>
    </message>
    <message>
        <source>%1 left out, no hooks</source>
        <translation>استُثني %1، بلا خطاطيف</translation>
    </message>
    <message>
        <source>It prunes objects that others still use.</source>
        <translation>تقلّم كائنات ما زال غيرها يستعملها.</translation>
    </message>
    <message>
        <source>hooks</source>
        <translation>خطاطيف</translation>
    </message>
    <message>
        <source>Run the hooks as a sync does; Argo CD&apos;s rollback runs none</source>
        <translation>شغّل الخطاطيف كما تفعل المزامنة، فتراجع Argo CD لا يشغّل شيئًا منها</translation>
    </message>
    <message>
        <source>Undo…</source>
        <translation>تراجع عنه…</translation>
    </message>
    <message>
        <source>Show the diff</source>
        <translation>أظهر الفروق</translation>
    </message>
    <message>
        <source>Save as draft</source>
        <translation>احفظ مسودة</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>تصدير…</translation>
    </message>
    <message>
        <source>A draft of this plan is kept.</source>
        <translation>لهذه الخطة مسودة محفوظة.</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>استعملها</translation>
    </message>
    <message>
        <source>Discard draft</source>
        <translation>تجاهل المسودة</translation>
    </message>
    <message>
        <source>Keep automated sync off</source>
        <translation>أبقِ المزامنة التلقائية متوقفة</translation>
    </message>
    <message>
        <source>until I switch it on</source>
        <translation>حتى أشغّلها</translation>
    </message>
    <message>
        <source>for an hour</source>
        <translation>ساعة</translation>
    </message>
    <message>
        <source>for four hours</source>
        <translation>أربع ساعات</translation>
    </message>
    <message>
        <source>for a day</source>
        <translation>يومًا</translation>
    </message>
    <message>
        <source>for a week</source>
        <translation>أسبوعًا</translation>
    </message>
    <message>
        <source>mark %1 as bad</source>
        <translation>علّم %1 سيئًا</translation>
    </message>
    <message>
        <source>Automated sync never deploys a commit that is marked as bad</source>
        <translation>لا تنشر المزامنة التلقائية إيداعًا معلَّمًا بأنه سيئ</translation>
    </message>
    <message>
        <source>Leave this object out, or take it in</source>
        <translation>استثنِ هذا الكائن أو أدخله</translation>
    </message>
    <message>
        <source>Logs of its pods</source>
        <translation>سجلات ما له من Pods</translation>
    </message>
    <message>
        <source>Events of this object</source>
        <translation>أحداث هذا الكائن</translation>
    </message>
    <message>
        <source>Save the plan as a draft</source>
        <translation>احفظ الخطة مسودة</translation>
    </message>
    <message>
        <source>Export the plan…</source>
        <translation>صدّر الخطة…</translation>
    </message>
    <message>
        <source>Undo this sync…</source>
        <translation>تراجع عن هذه المزامنة…</translation>
    </message>
    <message>
        <source>free GPUs %1: no room, pods will stay Pending</source>
        <translation>وحدات GPU المتاحة %1: لا متسع، ستبقى Pods معلقة</translation>
    </message>
    <message>
        <source>free GPUs %1</source>
        <translation>وحدات GPU المتاحة %1</translation>
    </message>
    <message>
        <source>quota %1: %2 of %3</source>
        <translation>حصة %1: ‏%2 من %3</translation>
    </message>
    <message>
        <source>Apply the staged fields</source>
        <translation>تطبيق الحقول المجهزة</translation>
    </message>
    <message>
        <source>Keep a draft of the plan of %1</source>
        <translation>حفظ مسودة لخطة %1</translation>
    </message>
    <message>
        <source>Draft is kept</source>
        <translation>حُفظت المسودة</translation>
    </message>
    <message>
        <source>The staged fields are written.</source>
        <translation>كُتبت الحقول المجهزة.</translation>
    </message>
    <message>
        <source>Last sync, to %1</source>
        <translation>آخر مزامنة، إلى %1</translation>
    </message>
    <message>
        <source>%1 done</source>
        <translation>أُنجز %1</translation>
    </message>
    <message>
        <source>%1 failed</source>
        <translation>فشل %1</translation>
    </message>
    <message>
        <source>took %1</source>
        <translation>استغرق %1</translation>
    </message>
    <message numerus="yes">
        <source>%n retries</source>
        <translation>
            <numerusform>بلا إعادة</numerusform>
            <numerusform>إعادة واحدة</numerusform>
            <numerusform>إعادتان</numerusform>
            <numerusform>%n إعادات</numerusform>
            <numerusform>%n إعادة</numerusform>
            <numerusform>%n إعادة</numerusform>
        </translation>
    </message>
    <message>
        <source>by %1</source>
        <translation>بيد %1</translation>
    </message>
    <message>
        <source>Plans the way back to deployment %1. Offered until %2; later from the history.</source>
        <translation>يخطط للرجوع إلى النشر %1. متاح حتى %2، وبعده من التاريخ.</translation>
    </message>
    <message>
        <source>Export the plan</source>
        <translation>تصدير الخطة</translation>
    </message>
    <message>
        <source>Only this one</source>
        <translation>هذا وحده</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>الكل</translation>
    </message>
    <message>
        <source>Copy the name</source>
        <translation>انسخ الاسم</translation>
    </message>
</context>
<context>
    <name>ui::PodStrip</name>
    <message>
        <source>%1: %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1: %2, not ready</source>
        <translation>%1: %2، غير جاهز</translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s)</source>
        <translation>
            <numerusform>لا Pods</numerusform>
            <numerusform>Pod واحد</numerusform>
            <numerusform>اثنان من Pods</numerusform>
            <numerusform>%n من Pods</numerusform>
            <numerusform>%n من Pods</numerusform>
            <numerusform>%n من Pods</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::PreviewView</name>
    <message>
        <source>Weight</source>
        <translation>الوزن</translation>
    </message>
    <message>
        <source>of the new version</source>
        <translation>للإصدار الجديد</translation>
    </message>
    <message>
        <source>weight</source>
        <translation>الوزن</translation>
    </message>
    <message>
        <source>Pods</source>
        <translation>الـPods</translation>
    </message>
    <message>
        <source>old ━ · new ━ · available ┄</source>
        <translation>القديم ━ · الجديد ━ · المتاح ┄</translation>
    </message>
    <message>
        <source>old</source>
        <translation>القديم</translation>
    </message>
    <message>
        <source>new</source>
        <translation>الجديد</translation>
    </message>
    <message>
        <source>available</source>
        <translation>المتاح</translation>
    </message>
    <message>
        <source>demand</source>
        <translation>الطلب</translation>
    </message>
    <message>
        <source>peak %1</source>
        <translation>الذروة %1</translation>
    </message>
    <message>
        <source>The update that Git asks for.</source>
        <translation>التحديث الذي يطلبه Git.</translation>
    </message>
    <message>
        <source>An update of the version that runs now.</source>
        <translation>تحديث للإصدار العامل الآن.</translation>
    </message>
    <message>
        <source>The new version serves everything after %1, the old one is gone after %2.</source>
        <translation>يخدم الإصدار الجديد كل شيء بعد %1، ويزول القديم بعد %2.</translation>
    </message>
    <message>
        <source>Pods: %1 to %2 at a time, %3 available at least.</source>
        <translation>الـPods: من %1 إلى %2 في آن واحد، والمتاح منها %3 على الأقل.</translation>
    </message>
    <message>
        <source>Weights: %1.</source>
        <translation>الأوزان: %1.</translation>
    </message>
    <message>
        <source>%1: up to %2, %3 more than now; %4 are free.</source>
        <translation>%1: حتى %2، أي أكثر من الآن بمقدار %3؛ المتاح %4.</translation>
    </message>
    <message numerus="yes">
        <source>%n pause(s) wait for a person; that time is not counted.</source>
        <translation>
            <numerusform>لا توقّف ينتظر شخصًا.</numerusform>
            <numerusform>توقّف واحد ينتظر شخصًا؛ وقته غير محسوب.</numerusform>
            <numerusform>توقّفان ينتظران شخصًا؛ وقتهما غير محسوب.</numerusform>
            <numerusform>%n توقّفات تنتظر شخصًا؛ وقتها غير محسوب.</numerusform>
            <numerusform>%n توقّفًا ينتظر شخصًا؛ وقته غير محسوب.</numerusform>
            <numerusform>%n توقّف ينتظر شخصًا؛ وقته غير محسوب.</numerusform>
        </translation>
    </message>
    <message>
        <source>After</source>
        <translation>بعد</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>الخطوة</translation>
    </message>
    <message>
        <source>New</source>
        <translation>الجديد</translation>
    </message>
    <message>
        <source>Old</source>
        <translation>القديم</translation>
    </message>
    <message>
        <source>Available</source>
        <translation>المتاح</translation>
    </message>
    <message>
        <source>GPUs</source>
        <translation>وحدات GPU</translation>
    </message>
    <message>
        <source>Moments of the update</source>
        <translation>لحظات التحديث</translation>
    </message>
    <message>
        <source>Weight, pods and GPUs of the update over time</source>
        <translation>وزن التحديث وPods ووحدات GPU عبر الزمن</translation>
    </message>
</context>
<context>
    <name>ui::ProblemsPage</name>
    <message>
        <source>Needs a decision</source>
        <translation>بانتظار قرار</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>مشكلات</translation>
    </message>
    <message numerus="yes">
        <source>%n decision(s)</source>
        <translation>
            <numerusform>لا قرارات</numerusform>
            <numerusform>قرار واحد</numerusform>
            <numerusform>قراران</numerusform>
            <numerusform>%n قرارات</numerusform>
            <numerusform>%n قراراً</numerusform>
            <numerusform>%n قرار</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n problem(s)</source>
        <translation>
            <numerusform>لا مشكلات</numerusform>
            <numerusform>مشكلة واحدة</numerusform>
            <numerusform>مشكلتان</numerusform>
            <numerusform>%n مشكلات</numerusform>
            <numerusform>%n مشكلة</numerusform>
            <numerusform>%n مشكلة</numerusform>
        </translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>المشكلة</translation>
    </message>
    <message>
        <source>Object</source>
        <translation>الكائن</translation>
    </message>
    <message>
        <source>Application</source>
        <translation>تطبيق</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>ما العمل</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>أين</translation>
    </message>
    <message>
        <source>Failures</source>
        <translation>إخفاقات</translation>
    </message>
    <message>
        <source>Warnings</source>
        <translation>تحذيرات</translation>
    </message>
    <message>
        <source>Advice</source>
        <translation>نصائح</translation>
    </message>
    <message>
        <source>Filter the problems…</source>
        <translation>صفِّ المشكلات…</translation>
    </message>
    <message>
        <source>Nothing waits for a decision.</source>
        <translation>لا شيء ينتظر قراراً.</translation>
    </message>
    <message>
        <source>No problem is known.</source>
        <translation>لا مشكلة معروفة.</translation>
    </message>
    <message>
        <source>Open the file at the line</source>
        <translation>افتح الملف عند السطر</translation>
    </message>
    <message>
        <source>Show in the tree</source>
        <translation>اعرض في الشجرة</translation>
    </message>
    <message>
        <source>Compare with Git</source>
        <translation>قارن مع Git</translation>
    </message>
    <message>
        <source>Open the canary</source>
        <translation>افتح الكناري</translation>
    </message>
    <message>
        <source>Turn automated sync of %1 on</source>
        <translation>تشغيل المزامنة التلقائية لـ %1</translation>
    </message>
    <message>
        <source>Promote %1</source>
        <translation>ترقية %1</translation>
    </message>
    <message>
        <source>Abort %1?</source>
        <translation>أتُلغي %1؟</translation>
    </message>
    <message>
        <source>All traffic goes back to the stable version and the canary is scaled down.</source>
        <translation>يعود كل المرور إلى النسخة المستقرة وتُقلَّص نسخة الطرح التجريبي.</translation>
    </message>
    <message>
        <source>Abort the rollout</source>
        <translation>ألغِ الإطلاق</translation>
    </message>
    <message>
        <source>Plan a sync</source>
        <translation>خطّط مزامنة</translation>
    </message>
    <message>
        <source>Turn automated sync on</source>
        <translation>تشغيل المزامنة التلقائية</translation>
    </message>
    <message>
        <source>Promote</source>
        <translation>ترقية</translation>
    </message>
    <message>
        <source>Abort…</source>
        <translation>أجهض…</translation>
    </message>
</context>
<context>
    <name>ui::Reason</name>
    <message>
        <source>ignored: owned by %1</source>
        <translation>متجاهَل: يملكه %1</translation>
    </message>
    <message>
        <source>ignored by %1</source>
        <translation>متجاهَل وفق %1</translation>
    </message>
    <message>
        <source>ignored</source>
        <translation>متجاهَل</translation>
    </message>
    <message>
        <source>removed in Git</source>
        <translation>أُزيل من Git</translation>
    </message>
    <message>
        <source>changed in Git</source>
        <translation>تغيّر في Git</translation>
    </message>
    <message>
        <source>changed live by %1 at %2</source>
        <translation>غيّره %1 مباشرة عند %2</translation>
    </message>
    <message>
        <source>changed live by %1</source>
        <translation>غيّره %1 مباشرة</translation>
    </message>
    <message>
        <source>changed live</source>
        <translation>تغيّر مباشرة في العنقود</translation>
    </message>
    <message>
        <source>differs from Git</source>
        <translation>يختلف عن Git</translation>
    </message>
    <message>
        <source>not permitted in the project</source>
        <translation>غير مسموح به في المشروع</translation>
    </message>
    <message>
        <source>also tracked by application %1</source>
        <translation>يتتبعه أيضاً التطبيق %1</translation>
    </message>
    <message>
        <source>The last sync failed: %1</source>
        <translation>فشلت آخر مزامنة: %1</translation>
    </message>
    <message>
        <source>Open the application&apos;s plan, mend the cause and sync again.</source>
        <translation>افتح خطة التطبيق وأصلح السبب ثم زامن من جديد.</translation>
    </message>
    <message>
        <source>Revert the commit or retry the rollout.</source>
        <translation>تراجع عن الإيداع أو أعد محاولة الطرح.</translation>
    </message>
    <message>
        <source>Promote or abort it.</source>
        <translation>رقّه أو أجهضه.</translation>
    </message>
    <message>
        <source>another operation is already in progress</source>
        <translation>عملية أخرى جارية بالفعل</translation>
    </message>
    <message>
        <source>ignored (requires pruning)</source>
        <translation>متجاهَل (يحتاج إلى تقليم)</translation>
    </message>
    <message>
        <source>ignored (no prune)</source>
        <translation>متجاهَل (بلا تقليم)</translation>
    </message>
    <message>
        <source>Shared resource found: %1</source>
        <translation>مورد مشترك: %1</translation>
    </message>
    <message>
        <source>held by the deny window &apos;%1&apos; for %2 in %3</source>
        <translation>تمنعه نافذة المنع &apos;%1&apos; لمدة %2 بتوقيت %3</translation>
    </message>
    <message>
        <source>held by the deny window &apos;%1&apos; for %2</source>
        <translation>تمنعه نافذة المنع &apos;%1&apos; لمدة %2</translation>
    </message>
    <message>
        <source>waiting for the allow window &apos;%1&apos; for %2 in %3</source>
        <translation>بانتظار نافذة السماح &apos;%1&apos; لمدة %2 بتوقيت %3</translation>
    </message>
    <message>
        <source>waiting for the allow window &apos;%1&apos; for %2</source>
        <translation>بانتظار نافذة السماح &apos;%1&apos; لمدة %2</translation>
    </message>
    <message>
        <source>waiting for completion of hook %1 and %2 more hooks</source>
        <translation>بانتظار اكتمال الخطاف %1 و%2 غيره</translation>
    </message>
    <message>
        <source>waiting for completion of hook %1</source>
        <translation>بانتظار اكتمال الخطاف %1</translation>
    </message>
    <message>
        <source>waiting for healthy state of %1 and %2 more resources</source>
        <translation>بانتظار سلامة %1 و%2 من الموارد غيره</translation>
    </message>
    <message>
        <source>waiting for healthy state of %1</source>
        <translation>بانتظار سلامة %1</translation>
    </message>
    <message>
        <source>waiting for pruning confirmation of %1 and %2 more resources</source>
        <translation>بانتظار تأكيد تقليم %1 و%2 من الموارد غيره</translation>
    </message>
    <message>
        <source>waiting for pruning confirmation of %1</source>
        <translation>بانتظار تأكيد تقليم %1</translation>
    </message>
    <message>
        <source>waiting for deletion of hook %1 and %2 more hooks</source>
        <translation>بانتظار حذف الخطاف %1 و%2 غيره</translation>
    </message>
    <message>
        <source>waiting for deletion of hook %1</source>
        <translation>بانتظار حذف الخطاف %1</translation>
    </message>
    <message>
        <source>waiting for deletion of %1 and %2 more resources</source>
        <translation>بانتظار حذف %1 و%2 من الموارد غيره</translation>
    </message>
    <message>
        <source>waiting for deletion of %1</source>
        <translation>بانتظار حذف %1</translation>
    </message>
    <message>
        <source>SyncError: %1</source>
        <translation>خطأ في المزامنة: %1</translation>
    </message>
    <message>
        <source>ComparisonError: %1</source>
        <translation>خطأ في المقارنة: %1</translation>
    </message>
    <message>
        <source>Failed last sync attempt to %1: %2</source>
        <translation>فشلت آخر محاولة مزامنة إلى %1: %2</translation>
    </message>
    <message>
        <source>Skipping sync attempt to %1: auto-sync will wipe out all resources</source>
        <translation>تخطّي المزامنة إلى %1: كانت المزامنة التلقائية ستمحو كل الموارد</translation>
    </message>
    <message>
        <source>%1 requests %2 without a limit; the API server will reject its pods: Limit must be set for non overcommitable resources</source>
        <translation>يطلب %1 المورد %2 بلا حدّ؛ سيرفض خادم API حاوياته لأن هذا النوع يوجب حدّاً</translation>
    </message>
    <message>
        <source>add limits: %1 beside the request</source>
        <translation>أضف limits: %1 بجانب الطلب</translation>
    </message>
    <message>
        <source>%1 requests %2 of %3 but limits it to %4; they must be equal</source>
        <translation>يطلب %1 مقدار %2 من %3 ويحدّه بـ %4؛ يجب أن يتساويا</translation>
    </message>
    <message>
        <source>make the request and the limit equal</source>
        <translation>اجعل الطلب والحدّ متساويين</translation>
    </message>
    <message>
        <source>resource %1 is not permitted in project %2 (%3 needs it)</source>
        <translation>المورد %1 غير مسموح به في المشروع %2 (يحتاجه %3)</translation>
    </message>
    <message>
        <source>add %1 to %2 of the project, if it should be permitted</source>
        <translation>أضف %1 إلى %2 في المشروع إن كان ينبغي السماح به</translation>
    </message>
    <message>
        <source>namespace %1 is not permitted in project &apos;%2&apos; (%3 lives there)</source>
        <translation>الـ namespace %1 غير مسموح به في المشروع &apos;%2&apos; (يقيم فيه %3)</translation>
    </message>
    <message>
        <source>add the namespace to spec.destinations of the project, or move the resource</source>
        <translation>أضف الـ namespace إلى spec.destinations في المشروع أو انقل المورد</translation>
    </message>
    <message>
        <source>CreateNamespace=true needs the kind Namespace, which project %1 does not permit</source>
        <translation>يحتاج CreateNamespace=true إلى النوع Namespace الذي لا يسمح به المشروع %1</translation>
    </message>
    <message>
        <source>%1 belongs to application %2 already</source>
        <translation>%1 تابع للتطبيق %2 بالفعل</translation>
    </message>
    <message>
        <source>remove it from one of the two</source>
        <translation>أزله من أحدهما</translation>
    </message>
    <message>
        <source>Rollout %1 uses a step plugin, which Pilothouse&apos;s own controller does not run</source>
        <translation>يستعمل Rollout %1 إضافة خطوة لا يشغّلها متحكّم Pilothouse</translation>
    </message>
    <message>
        <source>Leave the step out, or let Argo Rollouts run in the cluster.</source>
        <translation>احذف الخطوة أو شغّل Argo Rollouts في العنقود.</translation>
    </message>
    <message>
        <source>%1 %2 names %3 %4 that is nowhere</source>
        <translation>يسمّي %1 %2 المورد %3 %4 وهو غير موجود</translation>
    </message>
    <message>
        <source>Add the %1, or correct the name.</source>
        <translation>أضف %1 أو صحّح الاسم.</translation>
    </message>
    <message>
        <source>%1 %2 has no metrics</source>
        <translation>ليس في %1 %2 أي مقياس</translation>
    </message>
    <message>
        <source>Prometheus gives a list of numbers: result[0] is its first.</source>
        <translation>يعطي Prometheus قائمة أعداد: result[0] هو أولها.</translation>
    </message>
    <message>
        <source>aborted; the stable version serves everything</source>
        <translation>أُجهض؛ النسخة المستقرة تخدم كل شيء</translation>
    </message>
    <message>
        <source>paused until somebody promotes it</source>
        <translation>متوقف إلى أن يرقّيه أحد</translation>
    </message>
    <message>
        <source>the load balancer has not confirmed the weight yet</source>
        <translation>لم يؤكد موازن الحمل الوزن بعد</translation>
    </message>
    <message>
        <source>paused until %1</source>
        <translation>متوقف حتى %1</translation>
    </message>
    <message>
        <source>analysis %1 is measuring</source>
        <translation>التحليل %1 يقيس الآن</translation>
    </message>
    <message>
        <source>metric %1 of %2 is %3: %4 of %5 measurements failed, the limit is %6</source>
        <translation>المقياس %1 في %2 حالته %3: فشل %4 من %5 قياسات، والحدّ %6</translation>
    </message>
    <message>
        <source>last measured %1, wanted %2</source>
        <translation>آخر قياس %1 والمطلوب %2</translation>
    </message>
    <message>
        <source>%1 of metric %2 of %3 %4 cannot be evaluated: %5</source>
        <translation>تعذّر تقييم %1 للمقياس %2 في %3 %4: %5</translation>
    </message>
    <message>
        <source>metric %1 of %2 %3 passes when its query answers NaN: %4</source>
        <translation>يجتاز المقياس %1 في %2 %3 حين يجيب استعلامه بـNaN: %4</translation>
    </message>
    <message>
        <source>an analysis of %1 %2 cannot start: %3</source>
        <translation>لا يمكن أن يبدأ تحليل %1 %2: ‏%3</translation>
    </message>
    <message>
        <source>an analysis of %1 %2 will end in Error: %3</source>
        <translation>سينتهي تحليل %1 %2 إلى Error: ‏%3</translation>
    </message>
    <message>
        <source>Correct metricName: it is a regular expression for names of metrics.</source>
        <translation>صحّح metricName: فهو تعبير نمطي لأسماء المقاييس.</translation>
    </message>
    <message>
        <source>Compare so that NaN does not hold, or say what it means with isNaN().</source>
        <translation>قارن بحيث لا يصحّ الشرط مع NaN، أو بيّن معناه بـisNaN().</translation>
    </message>
    <message>
        <source>analysis %1 is running</source>
        <translation>التحليل %1 قيد التنفيذ</translation>
    </message>
    <message>
        <source>experiment %1 starts</source>
        <translation>تبدأ التجربة %1</translation>
    </message>
    <message>
        <source>experiment %1 is running</source>
        <translation>التجربة %1 قيد التنفيذ</translation>
    </message>
    <message>
        <source>pods are being scaled</source>
        <translation>يجري تغيير عدد الـPods</translation>
    </message>
    <message>
        <source>the new version waits for its pods: %1 of %2 available</source>
        <translation>ينتظر الإصدار الجديد Pods الخاصة به: المتاح %1 من %2</translation>
    </message>
    <message>
        <source>traffic waits for the stable version: %1 of %2 pods available</source>
        <translation>تنتظر الحركة الإصدار المستقر: المتاح %1 من %2 من الـPods</translation>
    </message>
    <message>
        <source>VirtualService %1 is not there</source>
        <translation>‏VirtualService %1 غير موجود</translation>
    </message>
    <message>
        <source>Service %1 waits for an available pod of revision %2</source>
        <translation>تنتظر الخدمة %1 Pod متاحًا من المراجعة %2</translation>
    </message>
    <message>
        <source>manually paused</source>
        <translation>موقوف مؤقتًا يدويًا</translation>
    </message>
    <message>
        <source>more replicas need to be updated</source>
        <translation>ما زالت نُسخ أخرى بحاجة إلى التحديث</translation>
    </message>
    <message>
        <source>updated replicas are still becoming available</source>
        <translation>النُّسخ المحدَّثة لم تصبح متاحة كلها بعد</translation>
    </message>
    <message>
        <source>old replicas are pending termination</source>
        <translation>النُّسخ القديمة بانتظار الإنهاء</translation>
    </message>
    <message>
        <source>waiting for all steps to complete</source>
        <translation>بانتظار اكتمال جميع الخطوات</translation>
    </message>
    <message>
        <source>waiting for analysis to complete</source>
        <translation>بانتظار اكتمال التحليل</translation>
    </message>
    <message>
        <source>waiting for post-promotion verification to complete</source>
        <translation>بانتظار اكتمال التحقق بعد الترقية</translation>
    </message>
    <message>
        <source>active service cutover pending</source>
        <translation>بانتظار تحويل الخدمة النشطة</translation>
    </message>
    <message>
        <source>rollout is restarting</source>
        <translation>تجري إعادة تشغيل الطرح</translation>
    </message>
    <message>
        <source>RolloutAborted: Rollout aborted update to revision %1: %2</source>
        <translation>أُلغي الطرح: أُلغي التحديث إلى المراجعة %1: %2</translation>
    </message>
    <message>
        <source>RolloutAborted: Rollout aborted update to revision %1</source>
        <translation>أُلغي الطرح: أُلغي التحديث إلى المراجعة %1</translation>
    </message>
    <message>
        <source>Step-based analysis phase error/failed: %1</source>
        <translation>فشل تحليل الخطوة: %1</translation>
    </message>
    <message>
        <source>Background analysis phase error/failed: %1</source>
        <translation>فشل تحليل الخلفية: %1</translation>
    </message>
    <message>
        <source>Metric &quot;%1&quot; assessed %2 due to failed (%3) &gt; failureLimit (%4)</source>
        <translation>حُكم على المقياس «%1» بـ%2: مرات الفشل (%3) &gt; failureLimit (%4)</translation>
    </message>
    <message>
        <source>Metric &quot;%1&quot; assessed %2 due to consecutiveErrors (%3) &gt; consecutiveErrorLimit (%4)</source>
        <translation>حُكم على المقياس «%1» بـ%2: الأخطاء المتتالية (%3) &gt; consecutiveErrorLimit (%4)</translation>
    </message>
    <message>
        <source>Metric &quot;%1&quot; assessed %2 due to inconclusive (%3) &gt; inconclusiveLimit (%4)</source>
        <translation>حُكم على المقياس «%1» بـ%2: غير الحاسمة (%3) &gt; inconclusiveLimit (%4)</translation>
    </message>
    <message>
        <source>%1 %2 is not at hand: it is played as if it took no time</source>
        <translation>‏%1 %2 ليس في المتناول: يُحسب كأنه لا يستغرق وقتًا</translation>
    </message>
    <message>
        <source>only %1 of %2 pods are available at the lowest point</source>
        <translation>عند أدنى نقطة لا يتاح إلا %1 من %2 من الـPods</translation>
    </message>
    <message>
        <source>the update needs up to %1 %2 more than now, but %3 are free: %4 pods will stay Pending from step %5 (%6) on</source>
        <translation>يحتاج التحديث إلى ما يصل إلى %1 من %2 فوق الحالي، والمتاح %3: سيبقى %4 من الـPods معلّقًا (Pending) ابتداءً من الخطوة %5 (%6)</translation>
    </message>
    <message>
        <source>the update needs up to %1 %2 more than now, but %3 are free: %4 pods will stay Pending</source>
        <translation>يحتاج التحديث إلى ما يصل إلى %1 من %2 فوق الحالي، والمتاح %3: سيبقى %4 من الـPods معلّقًا (Pending)</translation>
    </message>
    <message>
        <source>before the update</source>
        <translation>قبل التحديث</translation>
    </message>
    <message>
        <source>pause until a person promotes</source>
        <translation>توقّف حتى يرقّيه شخص</translation>
    </message>
    <message>
        <source>all steps done</source>
        <translation>اكتملت جميع الخطوات</translation>
    </message>
    <message>
        <source>promoted; the old version is kept for a while</source>
        <translation>تمت الترقية؛ يُبقى على الإصدار القديم مدة</translation>
    </message>
    <message>
        <source>done</source>
        <translation>تم</translation>
    </message>
    <message>
        <source>defaulted by the API server</source>
        <translation>ملأه خادم الواجهة بقيمته الافتراضية</translation>
    </message>
    <message>
        <source>Succeeded</source>
        <translation>نجح</translation>
    </message>
    <message>
        <source>Failed: %1</source>
        <translation>فشل: %1</translation>
    </message>
    <message>
        <source>its pause is over and it does not go on</source>
        <translation>انتهت وقفته ولا يتابع</translation>
    </message>
    <message>
        <source>differs from Git in %1 resources, and automated sync is off</source>
        <translation>يختلف عن Git في %1 من الموارد، والمزامنة الآلية متوقفة</translation>
    </message>
    <message>
        <source>automated sync was turned off after the last deployment</source>
        <translation>أُوقفت المزامنة الآلية بعد آخر نشر</translation>
    </message>
    <message>
        <source>Look at the differences, then sync it.</source>
        <translation>انظر في الفروق ثم زامنه.</translation>
    </message>
    <message>
        <source>Turn it on again when Git is right.</source>
        <translation>شغّلها من جديد حين يصحّ Git.</translation>
    </message>
    <message>
        <source>Confirm the pruning, or terminate the sync.</source>
        <translation>أكّد التقليم أو أنهِ المزامنة.</translation>
    </message>
    <message>
        <source>revision %1 is marked as bad: %2</source>
        <translation>المراجعة %1 معلَّمة سيئة: %2</translation>
    </message>
    <message>
        <source>Automated sync is paused until %1: %2</source>
        <translation>المزامنة التلقائية متوقفة حتى %1: ‏%2</translation>
    </message>
    <message>
        <source>Automated sync is paused until %1</source>
        <translation>المزامنة التلقائية متوقفة حتى %1</translation>
    </message>
    <message>
        <source>Automated sync is off: %1</source>
        <translation>المزامنة التلقائية متوقفة: %1</translation>
    </message>
    <message>
        <source>Automated sync is off</source>
        <translation>المزامنة التلقائية متوقفة</translation>
    </message>
    <message>
        <source>Switch it on again when Git is right.</source>
        <translation>شغّلها من جديد حين يصح Git.</translation>
    </message>
</context>
<context>
    <name>ui::Removal</name>
    <message>
        <source>Nothing else goes with it.</source>
        <translation>لا يذهب معه شيء آخر.</translation>
    </message>
    <message>
        <source>Goes with it: %1.</source>
        <translation>يذهب معه: %1.</translation>
    </message>
    <message>
        <source>%1 makes it again.</source>
        <translation>يعيد %1 إنشاءه.</translation>
    </message>
    <message>
        <source>It stays until its finalizers are done: %1.</source>
        <translation>يبقى حتى تنتهي finalizers الخاصة به: %1.</translation>
    </message>
    <message>
        <source>The server&apos;s dry run refuses it: %1</source>
        <translation>ترفضه التجربة الجافة للخادم: %1</translation>
    </message>
    <message>
        <source>Delete %1?</source>
        <translation>أتحذف %1؟</translation>
    </message>
    <message>
        <source>Delete %1</source>
        <translation>حذف %1</translation>
    </message>
    <message>
        <source>Planning to delete %1</source>
        <translation>تخطيط حذف %1</translation>
    </message>
</context>
<context>
    <name>ui::ResourceDiffModel</name>
    <message>
        <source>new</source>
        <translation>جديد</translation>
    </message>
    <message>
        <source>prune</source>
        <translation>تقليم</translation>
    </message>
    <message>
        <source>replace</source>
        <translation>استبدال</translation>
    </message>
    <message>
        <source>hook</source>
        <translation>خطّاف</translation>
    </message>
    <message>
        <source>immutable</source>
        <translation>غير قابل للتغيير</translation>
    </message>
    <message>
        <source>restart</source>
        <translation>إعادة تشغيل</translation>
    </message>
    <message>
        <source>patch</source>
        <translation>تعديل</translation>
    </message>
</context>
<context>
    <name>ui::ResourcesPage</name>
    <message>
        <source>Resources</source>
        <translation>الموارد</translation>
    </message>
    <message>
        <source>Listing the cluster&apos;s resources</source>
        <translation>سرد موارد العنقود</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>كل الأنواع</translation>
    </message>
    <message numerus="yes">
        <source>%n resource(s)</source>
        <translation>
            <numerusform>لا موارد</numerusform>
            <numerusform>مورد واحد</numerusform>
            <numerusform>موردان</numerusform>
            <numerusform>%n موارد</numerusform>
            <numerusform>%n مورداً</numerusform>
            <numerusform>%n مورد</numerusform>
        </translation>
    </message>
    <message>
        <source>Secrets are masked here: edit them where they come from</source>
        <translation>الأسرار محجوبة هنا: حرّرها في مصدرها</translation>
    </message>
    <message>
        <source>Apply %1</source>
        <translation>تطبيق %1</translation>
    </message>
    <message>
        <source>Filter by name, namespace, status…</source>
        <translation>صفِّ بالاسم أو Namespace أو الوضع…</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>تصفية</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>النوع</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>تحرير</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>تطبيق</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>إلغاء الأمر</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>السجلات</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>حذف…</translation>
    </message>
    <message>
        <source>The cluster has no resources yet.</source>
        <translation>ليس في العنقود موارد بعد.</translation>
    </message>
    <message>
        <source>List the resources again</source>
        <translation>اسرد الموارد من جديد</translation>
    </message>
    <message>
        <source>Edit the resource</source>
        <translation>حرّر المورد</translation>
    </message>
    <message>
        <source>Delete the resource…</source>
        <translation>احذف المورد…</translation>
    </message>
    <message>
        <source>Scale %1 to %2?</source>
        <translation>أتغيّر حجم %1 إلى %2؟</translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) are stopped.</source>
        <translation>
            <numerusform>لا يتوقف شيء.</numerusform>
            <numerusform>يتوقف Pod واحد.</numerusform>
            <numerusform>يتوقف اثنان من Pods.</numerusform>
            <numerusform>يتوقف %n من Pods.</numerusform>
            <numerusform>يتوقف %n من Pods.</numerusform>
            <numerusform>يتوقف %n من Pods.</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s) are started.</source>
        <translation>
            <numerusform>لا يبدأ شيء.</numerusform>
            <numerusform>يبدأ Pod واحد.</numerusform>
            <numerusform>يبدأ اثنان من Pods.</numerusform>
            <numerusform>يبدأ %n من Pods.</numerusform>
            <numerusform>يبدأ %n من Pods.</numerusform>
            <numerusform>يبدأ %n من Pods.</numerusform>
        </translation>
    </message>
    <message>
        <source>An autoscaler, or an application that heals itself, may change the number again.</source>
        <translation>قد يغيّر العدد من جديد موسِّع تلقائي أو تطبيق يصلح نفسه.</translation>
    </message>
    <message>
        <source>Scale to %1</source>
        <translation>غيّر الحجم إلى %1</translation>
    </message>
    <message>
        <source>Scale %1 to %2</source>
        <translation>تغيير حجم %1 إلى %2</translation>
    </message>
    <message>
        <source>Restart %1?</source>
        <translation>أتعيد تشغيل %1؟</translation>
    </message>
    <message>
        <source>The pod is deleted; what owns it starts another one. Nothing starts a pod that nobody owns.</source>
        <translation>يُحذف Pod ويبدأ مالكه غيره. أما Pod بلا مالك فلا يعيده شيء.</translation>
    </message>
    <message>
        <source>New pods replace the running ones, a few at a time, as its strategy says.</source>
        <translation>تحلّ Pods جديدة محل العاملة، بضعةً في كل مرة، كما تقول استراتيجيته.</translation>
    </message>
    <message>
        <source>Restart</source>
        <translation>أعد التشغيل</translation>
    </message>
    <message>
        <source>Restart %1</source>
        <translation>إعادة تشغيل %1</translation>
    </message>
    <message>
        <source>all columns</source>
        <translation>كل الأعمدة</translation>
    </message>
    <message>
        <source>Replicas</source>
        <translation>النسخ</translation>
    </message>
    <message>
        <source>Scale…</source>
        <translation>غيّر الحجم…</translation>
    </message>
    <message>
        <source>Restart…</source>
        <translation>أعد التشغيل…</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>الطرفية</translation>
    </message>
    <message>
        <source>Forward a port…</source>
        <translation>تحويل منفذ…</translation>
    </message>
    <message>
        <source>All namespaces</source>
        <translation>كل Namespaces</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>الإجراءات</translation>
    </message>
    <message>
        <source>Namespace</source>
        <translation>Namespace</translation>
    </message>
    <message>
        <source>Copy the names</source>
        <translation>نسخ الأسماء</translation>
    </message>
    <message numerus="yes">
        <source>%n chosen</source>
        <translation>
            <numerusform>لم يُختَر شيء</numerusform>
            <numerusform>اختير واحد</numerusform>
            <numerusform>اختير اثنان</numerusform>
            <numerusform>اختيرت %n</numerusform>
            <numerusform>اختير %n</numerusform>
            <numerusform>اختير %n</numerusform>
        </translation>
    </message>
    <message>
        <source>Apply %1?</source>
        <translation>تطبيق %1؟</translation>
    </message>
    <message>
        <source>These fields change; null removes one:</source>
        <translation>تتغير هذه الحقول، وnull يزيل الحقل:</translation>
    </message>
</context>
<context>
    <name>ui::RolloutChangesView</name>
    <message>
        <source>Step by step</source>
        <translation>خطوة بخطوة</translation>
    </message>
    <message>
        <source>Counts, weights, GPUs and times of an update, before anything is deployed</source>
        <translation>أعداد التحديث وأوزانه ووحدات GPU وأوقاته قبل نشر أي شيء</translation>
    </message>
    <message>
        <source>What the update of %1 will do</source>
        <translation>ما سيفعله تحديث %1</translation>
    </message>
</context>
<context>
    <name>ui::RolloutsModel</name>
    <message>
        <source>Aborted</source>
        <translation>مُلغى</translation>
    </message>
    <message>
        <source>Rollout</source>
        <translation>إطلاق</translation>
    </message>
    <message>
        <source>Application</source>
        <translation>تطبيق</translation>
    </message>
    <message>
        <source>State</source>
        <translation>الحالة</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>الخطوة</translation>
    </message>
    <message>
        <source>Weight</source>
        <translation>الوزن</translation>
    </message>
    <message>
        <source>Waits for</source>
        <translation>ينتظر</translation>
    </message>
    <message>
        <source>Trend</source>
        <translation>الاتجاه</translation>
    </message>
    <message>
        <source>%1 (does not answer)</source>
        <translation>%1 (لا يستجيب)</translation>
    </message>
    <message>
        <source>Cluster</source>
        <translation>العنقود</translation>
    </message>
</context>
<context>
    <name>ui::RolloutsPage</name>
    <message>
        <source>Rollouts</source>
        <translation>عمليات الإطلاق</translation>
    </message>
    <message numerus="yes">
        <source>%n rollout(s)</source>
        <translation>
            <numerusform>لا إطلاق</numerusform>
            <numerusform>إطلاق واحد</numerusform>
            <numerusform>إطلاقان</numerusform>
            <numerusform>%n إطلاقات</numerusform>
            <numerusform>%n إطلاقاً</numerusform>
            <numerusform>%n إطلاق</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n need(s) a person</source>
        <translation>
            <numerusform>لا شيء يحتاج إلى شخص</numerusform>
            <numerusform>واحد يحتاج إلى شخص</numerusform>
            <numerusform>اثنان يحتاجان إلى شخص</numerusform>
            <numerusform>%n تحتاج إلى شخص</numerusform>
            <numerusform>%n تحتاج إلى شخص</numerusform>
            <numerusform>%n تحتاج إلى شخص</numerusform>
        </translation>
    </message>
    <message>
        <source>No rollout in any cluster yet.</source>
        <translation>لا إطلاق في أي عنقود بعد.</translation>
    </message>
    <message>
        <source>Filter by name, application, state…</source>
        <translation>رشّح بالاسم أو التطبيق أو الحالة…</translation>
    </message>
</context>
<context>
    <name>ui::SetsPage</name>
    <message>
        <source>creates</source>
        <translation>ينشئ</translation>
    </message>
    <message>
        <source>changes</source>
        <translation>يغيّر</translation>
    </message>
    <message>
        <source>deletes</source>
        <translation>يحذف</translation>
    </message>
    <message>
        <source>invalid</source>
        <translation>غير صالح</translation>
    </message>
    <message>
        <source>stays</source>
        <translation>يبقى</translation>
    </message>
    <message>
        <source>ApplicationSets</source>
        <translation>مجموعات التطبيقات</translation>
    </message>
    <message>
        <source>Reading the ApplicationSets</source>
        <translation>قراءة مجموعات التطبيقات</translation>
    </message>
    <message>
        <source>Previewing the ApplicationSet</source>
        <translation>معاينة مجموعة التطبيقات</translation>
    </message>
    <message>
        <source>makes no application</source>
        <translation>لا تنشئ تطبيقًا</translation>
    </message>
    <message numerus="yes">
        <source>%n manifest(s)</source>
        <translation>
            <numerusform>لا بيانات</numerusform>
            <numerusform>بيان واحد</numerusform>
            <numerusform>بيانان</numerusform>
            <numerusform>%n بيانات</numerusform>
            <numerusform>%n بيانًا</numerusform>
            <numerusform>%n بيان</numerusform>
        </translation>
    </message>
    <message>
        <source>Apply the ApplicationSet?</source>
        <translation>أتطبّق مجموعة التطبيقات؟</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>طبّق</translation>
    </message>
    <message>
        <source>Apply the ApplicationSet</source>
        <translation>تطبيق مجموعة التطبيقات</translation>
    </message>
    <message>
        <source>ApplicationSet</source>
        <translation>مجموعة تطبيقات</translation>
    </message>
    <message>
        <source>manifests</source>
        <translation>البيانات</translation>
    </message>
    <message>
        <source>Render the sources of what is created or changed</source>
        <translation>اعرض مصادر ما يُنشأ أو يتغير</translation>
    </message>
    <message>
        <source>Apply…</source>
        <translation>طبّق…</translation>
    </message>
    <message>
        <source>The ApplicationSet</source>
        <translation>مجموعة التطبيقات</translation>
    </message>
    <message>
        <source>What it makes</source>
        <translation>ما تنشئه</translation>
    </message>
    <message>
        <source>Application</source>
        <translation>التطبيق</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>الإجراء</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>ملاحظة</translation>
    </message>
    <message>
        <source>Manifest</source>
        <translation>البيان</translation>
    </message>
    <message>
        <source>The cluster has no ApplicationSets.</source>
        <translation>لا مجموعات تطبيقات في العنقود.</translation>
    </message>
    <message>
        <source>New ApplicationSet…</source>
        <translation>مجموعة تطبيقات جديدة…</translation>
    </message>
    <message>
        <source>Read the ApplicationSets again</source>
        <translation>اقرأ مجموعات التطبيقات من جديد</translation>
    </message>
</context>
<context>
    <name>ui::ShortcutsDialog</name>
    <message>
        <source>Assign</source>
        <translation>إسناد</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>إزالة</translation>
    </message>
    <message>
        <source>As it was</source>
        <translation>كما كان</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>اختصارات لوحة المفاتيح</translation>
    </message>
    <message>
        <source>%1 has these keys. Assigning takes them from it.</source>
        <translation>هذه المفاتيح لدى %1، والإسناد ينقلها منه.</translation>
    </message>
    <message>
        <source>Find an action or keys</source>
        <translation>ابحث عن إجراء أو مفاتيح</translation>
    </message>
    <message>
        <source>New keys</source>
        <translation>المفاتيح الجديدة</translation>
    </message>
    <message>
        <source>Actions</source>
        <translation>الإجراءات</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>الإجراء</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>المفاتيح</translation>
    </message>
</context>
<context>
    <name>ui::Skeleton</name>
    <message>
        <source>Loading</source>
        <translation>جارٍ التحميل</translation>
    </message>
</context>
<context>
    <name>ui::SnippetPalette</name>
    <message>
        <source>Insert a snippet</source>
        <translation>إدراج مقتطف</translation>
    </message>
    <message>
        <source>Find a snippet…</source>
        <translation>ابحث عن مقتطف…</translation>
    </message>
    <message>
        <source>Find a snippet</source>
        <translation>البحث عن مقتطف</translation>
    </message>
    <message>
        <source>Snippets</source>
        <translation>المقتطفات</translation>
    </message>
    <message>
        <source>The snippet</source>
        <translation>المقتطف</translation>
    </message>
</context>
<context>
    <name>ui::StatefulArea</name>
    <message>
        <source>You may not see this: %1</source>
        <translation>لا يُسمح لك برؤية هذا: %1</translation>
    </message>
</context>
<context>
    <name>ui::StepTrack</name>
    <message>
        <source>Steps: %1</source>
        <translation>الخطوات: %1</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>متوقف مؤقتاً</translation>
    </message>
    <message>
        <source>set weight to %1</source>
        <translation>ضبط الوزن على %1</translation>
    </message>
    <message>
        <source>pause for %1</source>
        <translation>توقف لمدة %1</translation>
    </message>
    <message>
        <source>pause until promoted</source>
        <translation>توقف حتى الترقية</translation>
    </message>
    <message>
        <source>scale the canary: %1</source>
        <translation>تغيير حجم الكناري: %1</translation>
    </message>
    <message>
        <source>analysis %1</source>
        <translation>تحليل %1</translation>
    </message>
    <message>
        <source>experiment %1</source>
        <translation>تجربة %1</translation>
    </message>
    <message>
        <source>header route %1</source>
        <translation>توجيه بالترويسة %1</translation>
    </message>
    <message>
        <source>mirror route %1</source>
        <translation>توجيه بالنسخ %1</translation>
    </message>
    <message>
        <source>plugin %1</source>
        <translation>ملحق %1</translation>
    </message>
    <message>
        <source>done</source>
        <translation>تمّ</translation>
    </message>
    <message>
        <source>current</source>
        <translation>الحالية</translation>
    </message>
    <message>
        <source>ahead</source>
        <translation>قادمة</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>فشل</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>تُخطّيت</translation>
    </message>
    <message>
        <source>%1: %2 (%3)</source>
        <comment>number of a step: what it does (its state)</comment>
        <translation>%1: %2 (%3)</translation>
    </message>
    <message>
        <source>analysis</source>
        <translation>تحليل</translation>
    </message>
</context>
<context>
    <name>ui::SubscriptionForm</name>
    <message>
        <source>Application or project</source>
        <translation>تطبيق أو مشروع</translation>
    </message>
    <message>
        <source>Trigger</source>
        <translation>المُطلِق</translation>
    </message>
    <message>
        <source>Service</source>
        <translation>الخدمة</translation>
    </message>
    <message>
        <source>Recipients</source>
        <translation>المستلمون</translation>
    </message>
    <message>
        <source>Recipients, separated by ;</source>
        <translation>المستلمون، تفصل بينهم ;</translation>
    </message>
    <message>
        <source>Subscribe</source>
        <translation>اشترك</translation>
    </message>
</context>
<context>
    <name>ui::SyncOptionsButton</name>
    <message>
        <source>Only what is out of sync</source>
        <translation>ما ليس متزامنًا فقط</translation>
    </message>
    <message>
        <source>Server-side apply</source>
        <translation>تطبيق من جهة الخادم</translation>
    </message>
    <message>
        <source>Skip schema validation</source>
        <translation>تخطَّ التحقق من المخطط</translation>
    </message>
    <message>
        <source>Create the namespace</source>
        <translation>أنشئ نطاق الأسماء</translation>
    </message>
    <message>
        <source>Prune last</source>
        <translation>التقليم آخرًا</translation>
    </message>
    <message>
        <source>Respect ignored differences</source>
        <translation>احترم الفروق المتجاهلة</translation>
    </message>
    <message>
        <source>Fail on shared resources</source>
        <translation>افشل عند الموارد المشتركة</translation>
    </message>
    <message>
        <source>Skip the dry run of unknown kinds</source>
        <translation>تخطَّ التجربة للأنواع المجهولة</translation>
    </message>
    <message>
        <source>Keep fields of client-side apply</source>
        <translation>أبقِ حقول التطبيق من جهة العميل</translation>
    </message>
    <message>
        <source>Roll back unless healthy</source>
        <translation>تراجع ما لم يصح</translation>
    </message>
    <message>
        <source>Options</source>
        <translation>خيارات</translation>
    </message>
    <message>
        <source>Options (%1)</source>
        <translation>خيارات (%1)</translation>
    </message>
    <message>
        <source>Dry run only</source>
        <translation>تجربة فقط</translation>
    </message>
    <message>
        <source>Apply only, no hooks</source>
        <translation>تطبيق فقط، بلا خطاطيف</translation>
    </message>
    <message>
        <source>Replace instead of apply</source>
        <translation>استبدال بدل التطبيق</translation>
    </message>
    <message>
        <source>Prune propagation</source>
        <translation>انتشار التقليم</translation>
    </message>
    <message>
        <source>Retries</source>
        <translation>إعادات المحاولة</translation>
    </message>
    <message>
        <source>As the application says</source>
        <translation>كما يقول التطبيق</translation>
    </message>
    <message>
        <source>How this sync runs; what is not chosen is as the application says</source>
        <translation>كيف تجري هذه المزامنة، وما لم يُختر فكما يقول التطبيق</translation>
    </message>
</context>
<context>
    <name>ui::TerminalPage</name>
    <message>
        <source>Terminal %1</source>
        <translation>طرفية %1</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>الحاوية</translation>
    </message>
    <message>
        <source>Command</source>
        <translation>الأمر</translation>
    </message>
    <message>
        <source>Run again</source>
        <translation>تشغيل من جديد</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>الطرفية</translation>
    </message>
    <message>
        <source>Ctrl+Shift+C copies, Ctrl+Shift+V pastes, Ctrl+Tab leaves the terminal.</source>
        <translation>Ctrl+Shift+C للنسخ، وCtrl+Shift+V للصق، وCtrl+Tab لمغادرة الطرفية.</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>نسخ</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>لصق</translation>
    </message>
    <message>
        <source>Choose a pod and a command.</source>
        <translation>اختر حاوية وأمرًا.</translation>
    </message>
    <message>
        <source>connecting…</source>
        <translation>جارٍ الاتصال…</translation>
    </message>
    <message>
        <source>not connected</source>
        <translation>غير متصل</translation>
    </message>
    <message>
        <source>Open a terminal in %1</source>
        <translation>فتح طرفية في %1</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>متصل</translation>
    </message>
    <message>
        <source>ended</source>
        <translation>انتهى</translation>
    </message>
    <message>
        <source>ended with exit code %1</source>
        <translation>انتهى برمز الخروج %1</translation>
    </message>
    <message>
        <source>the connection ended</source>
        <translation>انقطع الاتصال</translation>
    </message>
    <message>
        <source>Terminal in %1</source>
        <translation>الطرفية في %1</translation>
    </message>
</context>
<context>
    <name>ui::Time</name>
    <message numerus="yes">
        <source>%n second(s) ago</source>
        <translation>
            <numerusform>الآن</numerusform>
            <numerusform>قبل ثانية</numerusform>
            <numerusform>قبل ثانيتين</numerusform>
            <numerusform>قبل %n ثوانٍ</numerusform>
            <numerusform>قبل %n ثانية</numerusform>
            <numerusform>قبل %n ثانية</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n second(s)</source>
        <translation>
            <numerusform>الآن</numerusform>
            <numerusform>بعد ثانية</numerusform>
            <numerusform>بعد ثانيتين</numerusform>
            <numerusform>بعد %n ثوانٍ</numerusform>
            <numerusform>بعد %n ثانية</numerusform>
            <numerusform>بعد %n ثانية</numerusform>
        </translation>
    </message>
    <message>
        <source>%1 s</source>
        <comment>seconds, short</comment>
        <translation>%1 ث</translation>
    </message>
    <message>
        <source>%1 min</source>
        <comment>minutes, short</comment>
        <translation>%1 د</translation>
    </message>
    <message>
        <source>%1 h</source>
        <comment>hours, short</comment>
        <translation>%1 س</translation>
    </message>
    <message>
        <source>%1 d</source>
        <comment>days, short</comment>
        <translation>%1 ي</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>الآن</translation>
    </message>
    <message numerus="yes">
        <source>%n minute(s) ago</source>
        <translation>
            <numerusform>الآن</numerusform>
            <numerusform>قبل دقيقة</numerusform>
            <numerusform>قبل دقيقتين</numerusform>
            <numerusform>قبل %n دقائق</numerusform>
            <numerusform>قبل %n دقيقة</numerusform>
            <numerusform>قبل %n دقيقة</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n minute(s)</source>
        <translation>
            <numerusform>الآن</numerusform>
            <numerusform>بعد دقيقة</numerusform>
            <numerusform>بعد دقيقتين</numerusform>
            <numerusform>بعد %n دقائق</numerusform>
            <numerusform>بعد %n دقيقة</numerusform>
            <numerusform>بعد %n دقيقة</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n hour(s) ago</source>
        <translation>
            <numerusform>الآن</numerusform>
            <numerusform>قبل ساعة</numerusform>
            <numerusform>قبل ساعتين</numerusform>
            <numerusform>قبل %n ساعات</numerusform>
            <numerusform>قبل %n ساعة</numerusform>
            <numerusform>قبل %n ساعة</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n hour(s)</source>
        <translation>
            <numerusform>الآن</numerusform>
            <numerusform>بعد ساعة</numerusform>
            <numerusform>بعد ساعتين</numerusform>
            <numerusform>بعد %n ساعات</numerusform>
            <numerusform>بعد %n ساعة</numerusform>
            <numerusform>بعد %n ساعة</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n day(s) ago</source>
        <translation>
            <numerusform>اليوم</numerusform>
            <numerusform>قبل يوم</numerusform>
            <numerusform>قبل يومين</numerusform>
            <numerusform>قبل %n أيام</numerusform>
            <numerusform>قبل %n يوماً</numerusform>
            <numerusform>قبل %n يوم</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>in %n day(s)</source>
        <translation>
            <numerusform>اليوم</numerusform>
            <numerusform>بعد يوم</numerusform>
            <numerusform>بعد يومين</numerusform>
            <numerusform>بعد %n أيام</numerusform>
            <numerusform>بعد %n يوماً</numerusform>
            <numerusform>بعد %n يوم</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::TreePage</name>
    <message>
        <source>Zoom %1</source>
        <translation>تكبير %1</translation>
    </message>
    <message>
        <source>Tree</source>
        <translation>الشجرة</translation>
    </message>
    <message>
        <source>Waves</source>
        <translation>الموجات</translation>
    </message>
    <message>
        <source>Nodes</source>
        <translation>العقد</translation>
    </message>
    <message>
        <source>Arrangement</source>
        <translation>الترتيب</translation>
    </message>
    <message>
        <source>Find…</source>
        <translation>بحث...</translation>
    </message>
    <message>
        <source>Find in the tree</source>
        <translation>البحث في الشجرة</translation>
    </message>
    <message>
        <source>Problems only</source>
        <translation>المشكلات فقط</translation>
    </message>
    <message>
        <source>Fit</source>
        <translation>ملاءمة</translation>
    </message>
    <message>
        <source>Show the whole tree (0)</source>
        <translation>أظهر الشجرة كلها (0)</translation>
    </message>
    <message>
        <source>Next problem in the tree</source>
        <translation>المشكلة التالية في الشجرة</translation>
    </message>
    <message>
        <source>Save the tree as a picture…</source>
        <translation>احفظ الشجرة صورةً…</translation>
    </message>
    <message>
        <source>Show the map of the tree</source>
        <translation>أظهر خريطة الشجرة</translation>
    </message>
    <message>
        <source>Tree of resources</source>
        <translation>شجرة الموارد</translation>
    </message>
    <message>
        <source>This application is not in the cluster any more.</source>
        <translation>لم يعد هذا التطبيق في العنقود.</translation>
    </message>
    <message>
        <source>Logs</source>
        <translation>السجلات</translation>
    </message>
    <message>
        <source>Sync only this</source>
        <translation>زامِن هذا فقط</translation>
    </message>
    <message>
        <source>Sync %1</source>
        <translation>مزامنة %1</translation>
    </message>
    <message>
        <source>Delete from the cluster…</source>
        <translation>احذف من العنقود…</translation>
    </message>
    <message>
        <source>Save the tree as a picture</source>
        <translation>حفظ الشجرة صورةً</translation>
    </message>
    <message>
        <source>Traffic</source>
        <translation>الحركة</translation>
    </message>
    <message>
        <source>List</source>
        <translation>القائمة</translation>
    </message>
    <message>
        <source>Group alike</source>
        <translation>اجمع المتشابهات</translation>
    </message>
    <message>
        <source>List of resources</source>
        <translation>قائمة الموارد</translation>
    </message>
    <message>
        <source>Resource</source>
        <translation>المورد</translation>
    </message>
    <message>
        <source>Sync</source>
        <translation>مزامنة</translation>
    </message>
    <message>
        <source>Wave</source>
        <translation>الموجة</translation>
    </message>
    <message>
        <source>State</source>
        <translation>الحالة</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>السبب</translation>
    </message>
    <message>
        <source>Age</source>
        <translation>العمر</translation>
    </message>
    <message>
        <source>Logs of all its pods</source>
        <translation>سجلات كل ما له من Pods</translation>
    </message>
    <message>
        <source>Terminal</source>
        <translation>الطرفية</translation>
    </message>
    <message>
        <source>Forward a port…</source>
        <translation>تحويل منفذ…</translation>
    </message>
    <message>
        <source>Put into the comparison</source>
        <translation>ضعه في المقارنة</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1 (%2)</translation>
    </message>
    <message>
        <source>Compare %1 with %2</source>
        <translation>مقارنة %1 بـ%2</translation>
    </message>
    <message>
        <source>Edit the live manifest</source>
        <translation>حرّر البيان الحي</translation>
    </message>
    <message>
        <source>Restart pods</source>
        <translation>إعادة تشغيل Pods</translation>
    </message>
    <message>
        <source>Restart %1</source>
        <translation>إعادة تشغيل %1</translation>
    </message>
    <message>
        <source>Copy the name</source>
        <translation>انسخ الاسم</translation>
    </message>
</context>
<context>
    <name>ui::TreeScene</name>
    <message>
        <source>wave %1</source>
        <translation>موجة %1</translation>
    </message>
    <message>
        <source>Wave %1</source>
        <translation>الموجة %1</translation>
    </message>
    <message>
        <source>Not scheduled</source>
        <translation>غير مجدول</translation>
    </message>
    <message>
        <source>failed: %1</source>
        <translation>فشل: %1</translation>
    </message>
    <message>
        <source>waits for wave %1</source>
        <translation>ينتظر الموجة %1</translation>
    </message>
    <message>
        <source>GPU: %1 here, %2 of %3 requested</source>
        <translation>GPU: ‏%1 هنا، والمطلوب %2 من %3</translation>
    </message>
    <message numerus="yes">
        <source>%n object(s), nothing in the way</source>
        <translation>
            <numerusform>لا كائنات</numerusform>
            <numerusform>كائن واحد، لا شيء يعيق</numerusform>
            <numerusform>كائنان، لا شيء يعيق</numerusform>
            <numerusform>%n كائنات، لا شيء يعيق</numerusform>
            <numerusform>%n كائناً، لا شيء يعيق</numerusform>
            <numerusform>%n كائن، لا شيء يعيق</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation>
            <numerusform>ولا غيره</numerusform>
            <numerusform>وواحد غيره</numerusform>
            <numerusform>واثنان غيره</numerusform>
            <numerusform>و%n غيره</numerusform>
            <numerusform>و%n غيره</numerusform>
            <numerusform>و%n غيره</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%n pod(s)</source>
        <translation>
            <numerusform>لا Pods</numerusform>
            <numerusform>Pod واحد</numerusform>
            <numerusform>اثنان من Pods</numerusform>
            <numerusform>%n من Pods</numerusform>
            <numerusform>%n من Pods</numerusform>
            <numerusform>%n من Pods</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>ui::ValuesForm</name>
    <message>
        <source>The chart&apos;s own value: %1</source>
        <translation>قيمة المخطط نفسه: %1</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>القيمة</translation>
    </message>
    <message>
        <source>As it counts</source>
        <translation>كما تُحتسب</translation>
    </message>
    <message>
        <source>Set by</source>
        <translation>حدّده</translation>
    </message>
    <message>
        <source>Values of the chart</source>
        <translation>قيم المخطط</translation>
    </message>
</context>
<context>
    <name>ui::Why</name>
    <message>
        <source>%1 is %2</source>
        <translation>%1: %2</translation>
    </message>
    <message>
        <source>%1 is in Git and not in the cluster</source>
        <translation>%1 في Git وليس في العنقود</translation>
    </message>
    <message>
        <source>%1 is in the cluster and no longer in Git</source>
        <translation>%1 في العنقود ولم يعد في Git</translation>
    </message>
    <message>
        <source>%1 differs from Git</source>
        <translation>%1 يختلف عن Git</translation>
    </message>
    <message>
        <source>and %1 more fields</source>
        <translation>و%1 حقول أخرى</translation>
    </message>
    <message>
        <source>and %1 more objects</source>
        <translation>و%1 كائنات أخرى</translation>
    </message>
</context>
<context>
    <name>ui::WindowCalendar</name>
    <message>
        <source>deny</source>
        <translation>منع</translation>
    </message>
    <message>
        <source>allow</source>
        <translation>سماح</translation>
    </message>
    <message>
        <source>open now, until %1</source>
        <translation>مفتوحة الآن، حتى %1</translation>
    </message>
    <message>
        <source>opens %1</source>
        <translation>تفتح %1</translation>
    </message>
    <message>
        <source>does not open in these weeks</source>
        <translation>لا تفتح في هذه الأسابيع</translation>
    </message>
</context>
<context>
    <name>ui::YamlLint</name>
    <message>
        <source>%1 is wanted, not a list</source>
        <translation>المطلوب %1 لا قائمة</translation>
    </message>
    <message>
        <source>%1 is wanted, not a map</source>
        <translation>المطلوب %1 لا خريطة</translation>
    </message>
    <message>
        <source>unknown field %1</source>
        <translation>حقل مجهول %1</translation>
    </message>
    <message>
        <source>; did you mean %1?</source>
        <translation>، أتقصد %1؟</translation>
    </message>
    <message>
        <source>%1 is wanted: put it in quotes</source>
        <translation>المطلوب %1: ضعه بين علامتي اقتباس</translation>
    </message>
    <message>
        <source>%1 is wanted</source>
        <translation>المطلوب %1</translation>
    </message>
    <message>
        <source>one of these is wanted: %1</source>
        <translation>المطلوب واحد من: %1</translation>
    </message>
</context>
</TS>
