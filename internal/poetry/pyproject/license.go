package pyproject

import "strings"

// licenseOf returns a license's identifier as SPDX spells it, and its classifier
// (poetry-core, spdx/helpers.py, license_by_id). Free text stays unchanged.
func licenseOf(license string) (id, classifier string) {
	if license == "" {
		return "", ""
	}
	for id, name := range licenseClassifiers {
		if strings.EqualFold(id, license) {
			return id, "License :: " + name
		}
	}
	for _, id := range approvedLicenses {
		if strings.EqualFold(id, license) {
			return id, "License :: OSI Approved"
		}
	}
	return license, "License :: Other/Proprietary License"
}

// licenseClassifiers are the classifiers that name the license.
var licenseClassifiers = map[string]string{
	"AAL":               "OSI Approved :: Attribution Assurance License",
	"AFL-1.1":           "OSI Approved :: Academic Free License (AFL)",
	"AFL-1.2":           "OSI Approved :: Academic Free License (AFL)",
	"AFL-2.0":           "OSI Approved :: Academic Free License (AFL)",
	"AFL-2.1":           "OSI Approved :: Academic Free License (AFL)",
	"AFL-3.0":           "OSI Approved :: Academic Free License (AFL)",
	"AGPL-3.0":          "OSI Approved :: GNU Affero General Public License v3",
	"AGPL-3.0-only":     "OSI Approved :: GNU Affero General Public License v3",
	"AGPL-3.0-or-later": "OSI Approved :: GNU Affero General Public License v3 or later (AGPLv3+)",
	"APSL-1.1":          "OSI Approved :: Apple Public Source License",
	"APSL-1.2":          "OSI Approved :: Apple Public Source License",
	"APSL-2.0":          "OSI Approved :: Apple Public Source License",
	"Aladdin":           "Aladdin Free Public License (AFPL)",
	"Apache-1.1":        "OSI Approved :: Apache Software License",
	"Apache-2.0":        "OSI Approved :: Apache Software License",
	"Artistic-1.0":      "OSI Approved :: Artistic License",
	"Artistic-2.0":      "OSI Approved :: Artistic License",
	"BSD-2-Clause":      "OSI Approved :: BSD License",
	"BSD-3-Clause":      "OSI Approved :: BSD License",
	"BSL-1.0":           "OSI Approved :: Boost Software License 1.0 (BSL-1.0)",
	"CC0-1.0":           "CC0 1.0 Universal (CC0 1.0) Public Domain Dedication",
	"CDDL-1.0":          "OSI Approved :: Common Development and Distribution License 1.0 (CDDL-1.0)",
	"CECILL-2.1":        "OSI Approved :: CEA CNRS Inria Logiciel Libre License, version 2.1 (CeCILL-2.1)",
	"CECILL-B":          "CeCILL-B Free Software License Agreement (CECILL-B)",
	"CECILL-C":          "CeCILL-C Free Software License Agreement (CECILL-C)",
	"CPL-1.0":           "OSI Approved :: Common Public License",
	"EFL-1.0":           "OSI Approved :: Eiffel Forum License",
	"EFL-2.0":           "OSI Approved :: Eiffel Forum License",
	"EPL-1.0":           "OSI Approved :: Eclipse Public License 1.0 (EPL-1.0)",
	"EPL-2.0":           "OSI Approved :: Eclipse Public License 2.0 (EPL-2.0)",
	"EUPL-1.1":          "OSI Approved :: European Union Public Licence 1.1 (EUPL 1.1)",
	"EUPL-1.2":          "OSI Approved :: European Union Public Licence 1.2 (EUPL 1.2)",
	"GPL-2.0":           "OSI Approved :: GNU General Public License v2 (GPLv2)",
	"GPL-2.0+":          "OSI Approved :: GNU General Public License v2 or later (GPLv2+)",
	"GPL-2.0-only":      "OSI Approved :: GNU General Public License v2 (GPLv2)",
	"GPL-2.0-or-later":  "OSI Approved :: GNU General Public License v2 or later (GPLv2+)",
	"GPL-3.0":           "OSI Approved :: GNU General Public License v3 (GPLv3)",
	"GPL-3.0+":          "OSI Approved :: GNU General Public License v3 or later (GPLv3+)",
	"GPL-3.0-only":      "OSI Approved :: GNU General Public License v3 (GPLv3)",
	"GPL-3.0-or-later":  "OSI Approved :: GNU General Public License v3 or later (GPLv3+)",
	"LGPL-2.0":          "OSI Approved :: GNU Lesser General Public License v2 (LGPLv2)",
	"LGPL-2.0+":         "OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)",
	"LGPL-2.0-only":     "OSI Approved :: GNU Lesser General Public License v2 (LGPLv2)",
	"LGPL-2.0-or-later": "OSI Approved :: GNU Lesser General Public License v2 or later (LGPLv2+)",
	"LGPL-3.0":          "OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)",
	"LGPL-3.0+":         "OSI Approved :: GNU Lesser General Public License v3 or later (LGPLv3+)",
	"LGPL-3.0-only":     "OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)",
	"LGPL-3.0-or-later": "OSI Approved :: GNU Lesser General Public License v3 or later (LGPLv3+)",
	"MIT":               "OSI Approved :: MIT License",
	"MPL-1.0":           "OSI Approved :: Mozilla Public License 1.0 (MPL)",
	"MPL-1.1":           "OSI Approved :: Mozilla Public License 1.1 (MPL 1.1)",
	"NPL-1.0":           "Netscape Public License (NPL)",
	"NPL-1.1":           "Netscape Public License (NPL)",
	"Nokia":             "OSI Approved :: Nokia Open Source License",
	"W3C":               "OSI Approved :: W3C License",
	"ZPL-2.0":           "OSI Approved :: Zope Public License",
	"ZPL-2.1":           "OSI Approved :: Zope Public License",
}

// approvedLicenses are OSI approved and have no classifier of their own in poetry-core.
var approvedLicenses = strings.Fields(`
0BSD ALGLIB-Documentation APL-1.0 APSL-1.0 Artistic-1.0-Perl Artistic-1.0-cl8 BSD-1-Clause
BSD-2-Clause-Patent BSD-3-Clause-LBNL BSD-3-Clause-Open-MPI BSD-ask-to-endorse BlueOak-1.0.0 CAL-1.0
CAL-1.0-Combined-Work-Exception CATOSL-1.1 CDDL-1.1 CERN-OHL-P-2.0 CERN-OHL-S-2.0 CERN-OHL-W-2.0
CNRI-Python CPAL-1.0 CUA-OPL-1.0 ECL-1.0 ECL-2.0 EUDatagrid Entessa Fair Frameworx-1.0 GPL-3.0-with-GCC-exception
HPND ICU IPA IPL-1.0 ISC Intel Jam LGPL-2.1 LGPL-2.1+ LGPL-2.1-only LGPL-2.1-or-later
LPL-1.0 LPL-1.02 LPPL-1.3c LiLiQ-P-1.1 LiLiQ-R-1.1 LiLiQ-Rplus-1.1 MIT-0 MIT-Modern-Variant MPL-2.0
MPL-2.0-no-copyleft-exception MS-PL MS-RL MirOS Motosoto MulanPSL-2.0 Multics NASA-1.3 NCSA NGPL
NPOSL-3.0 NTP Naumen OCLC-2.0 OFL-1.1 OFL-1.1-RFN OFL-1.1-no-RFN OGTSL OLDAP-2.8 OLFL-1.3 OSC-1.0
OSET-PL-2.1 OSL-1.0 OSL-2.0 OSL-2.1 OSL-3.0 PHP-3.0 PHP-3.01 PostgreSQL Python-2.0 QPL-1.0 RPL-1.1
RPL-1.5 RPSL-1.0 RSCPL SISSL SPL-1.0 SimPL-2.0 Sleepycat UCL-1.0 UPL-1.0 Unicode-3.0
Unicode-DFS-2016 Unlicense VSL-1.0 W3C-20150513 Watcom-1.0 WordNet Xnet Zlib wxWindows`)
